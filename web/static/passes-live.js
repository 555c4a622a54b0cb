// Shows passes as soon as there are some, and what becomes of them.
//
// Somebody may stand at a door with them: what cannot be had anew, without a network or
// a session, stays as it is.

import { on } from "./live.js";
import { renew } from "./part.js";

const MAIN = "main:has([data-passes])";
const { passes: page, ...facts } = document.querySelector("[data-passes]").dataset;
let version = Number(facts.version);

on("order", (order) => {
  if (order && !order.payment && order.version <= version) return;
  version = order?.version ?? version;
  renew(page, MAIN);
});
