// Shows how long a reservation still lasts, by the server's clock.

import { say } from "./words.js";

const line = document.querySelector(".countdown");
const news = document.querySelector("#countdown-news");
const ahead = Date.parse(line.dataset.now) - Date.now();
let until = Date.parse(line.dataset.until);
const number = document.createElement("strong");

// Said aloud when so many seconds are left, and not more often.
const MARKS = [
  [300, say("fiveMinutes")],
  [60, say("oneMinute")],
];
let marks = [...MARKS];
let timer = null;
let ending = null;

function secondsLeft() {
  return Math.max(0, Math.ceil((until - Date.now() - ahead) / 1000));
}

function clock(seconds) {
  const two = (part) => String(part).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${two(minutes)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${rest}` : rest;
}

function announce(seconds) {
  while (marks.length && seconds <= marks[0][0]) {
    const [mark, words] = marks.shift();
    // A page opened later than this says the time itself.
    if (seconds > mark - 5) news.textContent = words;
  }
}

function tick() {
  const seconds = secondsLeft();
  number.textContent = clock(seconds);
  announce(seconds);
  if (seconds > 0 || ending) return;
  clearInterval(timer);
  news.textContent = say("over");
  ending = setTimeout(() => location.replace(line.dataset.page), 1000);
}

function start() {
  clearInterval(timer);
  clearTimeout(ending);
  ending = null;
  timer = setInterval(tick, 1000);
  tick();
}

const [before, after] = say("left", { clock: "|" }).split("|");
line.append(before, number, after);
line.hidden = false;
start();
// A browser that slept, or had this page out of sight, did not tick meanwhile.
document.addEventListener("visibilitychange", tick);
window.addEventListener("pageshow", start);
document.addEventListener("extended", ({ detail }) => {
  until = Date.parse(detail);
  marks = MARKS.filter(([mark]) => mark < secondsLeft());
  news.textContent = say("extended");
  start();
});
