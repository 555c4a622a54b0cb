// Keeps the page of a rehearsal as it is now, for as long as one goes on.

import { renew } from "./part.js";

const EVERY = 1000;
const PART = "#rehearsal";
const STOP = "#rehearsal-stop";

const part = document.querySelector(PART);
const news = document.querySelector("#rehearsal-news");
// The answer to a form that was sent tells more.
let isLeaving = false;

const title = () => part.querySelector("h2")?.textContent.trim() ?? "";
const pause = () => new Promise((resolve) => setTimeout(resolve, EVERY));

// The part itself stays when what is in it is taken anew, and so do its attributes.
const isRunning = () => part.querySelector("[data-runs]") !== null;

async function follow() {
  while (isRunning() && !isLeaving) {
    await pause();
    const before = title();
    if (!document.hidden) await renew(part.dataset.page, PART);
    if (title() !== before) news.textContent = title();
  }
  if (!isLeaving) await renew(part.dataset.page, STOP);
}

document.addEventListener("submit", (event) => {
  isLeaving = !event.defaultPrevented;
});
window.addEventListener("pageshow", (event) => {
  isLeaving = false;
  if (event.persisted) follow();
});
follow();
