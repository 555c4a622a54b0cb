// Keeps the numbers of a listing as they are now, for its seller.

import { gently } from "./gently.js";
import { on } from "./live.js";
import { renew } from "./part.js";

const APART = 2000;
// All orders are added up for it, which must not keep the shop from selling.
const SHARE = 20;
// Nobody tells of who is let in.
const LOOK_EVERY = 30_000;

const refresh = gently(
  () => renew(location.href, "#main"),
  (took) => Math.max(APART, SHARE * took),
);

on("ticket", refresh);
setInterval(() => document.hidden || refresh(), LOOK_EVERY);
