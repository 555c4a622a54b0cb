// Keeps what a listing's page says about what is left, as it is now.

import { on } from "./live.js";
import { whenOpen } from "./opening.js";
import { renew } from "./part.js";

const APART = 500;

const part = document.querySelector("#availability");
const news = document.querySelector("#availability-news");
let isAsking = false;
let isAgain = false;
// The answer to a form that was sent tells more.
let isLeaving = false;

const badge = () => part.querySelector(".badge")?.textContent ?? "";
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

async function ask() {
  const before = badge();
  await renew(part.dataset.page, "#availability");
  if (badge() !== before) news.textContent = badge();
}

// The map of seats looks itself.
async function refresh() {
  isAgain = true;
  if (isAsking) return;
  isAsking = true;
  while (isAgain && !isLeaving && !part.querySelector(".seats")) {
    isAgain = false;
    await ask();
    // Not all who look at a listing that many buy ask at the same time.
    await pause(APART * (1 + Math.random()));
  }
  isAsking = false;
}

document.addEventListener("submit", (event) => {
  isLeaving = !event.defaultPrevented;
});
window.addEventListener("pageshow", () => {
  isLeaving = false;
});
on("ticket", refresh);
if (part.dataset.now) whenOpen(part, refresh);
