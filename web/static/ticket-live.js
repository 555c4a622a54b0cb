// Keeps what a listing's page says about what is left, as it is now.

import { gently } from "./gently.js";
import { on } from "./live.js";
import { whenOpen } from "./opening.js";
import { renew } from "./part.js";

const APART = 500;

const part = document.querySelector("#availability");
const news = document.querySelector("#availability-news");
// The answer to a form that was sent tells more.
let isLeaving = false;

const badge = () => part.querySelector(".badge")?.textContent ?? "";

async function ask() {
  // The map of seats looks itself.
  if (isLeaving || part.querySelector(".seats")) return;
  const before = badge();
  await renew(part.dataset.page, "#availability");
  if (badge() !== before) news.textContent = badge();
}

// Not all who look at a listing that many buy ask at the same time.
const refresh = gently(ask, () => APART * (1 + Math.random()));

document.addEventListener("submit", (event) => {
  isLeaving = !event.defaultPrevented;
});
window.addEventListener("pageshow", () => {
  isLeaving = false;
});
on("ticket", refresh);
if (part.dataset.now) whenOpen(part, refresh);
