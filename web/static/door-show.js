// Shows what the door has to say. The words of the verdicts stand in the page.

import { customs, say } from "./words.js";

const UNTIL_NEXT = { good: 2500, other: 6000 };

const part = (name) => document.querySelector(`#door-${name}`);
const unitWord = part("page").dataset.unit;
const answer = part("answer");
const spoken = part("spoken");

let timer;

/** Fills the screen with a verdict until somebody taps or some seconds are over. */
export function showVerdict(verdict) {
  spoken.replaceChildren(filled(verdict));
  answer.dataset.tone = toneOf(verdict);
  answer.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(hideVerdict, UNTIL_NEXT[isGood(verdict) ? "good" : "other"]);
}

export function hideVerdict() {
  clearTimeout(timer);
  answer.hidden = true;
  spoken.replaceChildren();
}

export function isGood(verdict) {
  return verdict.outcome === "welcome";
}

export function showLatest(scans) {
  part("latest").replaceChildren(...scans.map(latestLine));
  part("latest-part").hidden = scans.length === 0;
}

/** here: scans the shop disagreed with later; known: passes that were shown again. */
export function showConflicts(here, known) {
  const told = new Set(here.map((scan) => scan.pass));
  const others = known.filter((pass) => !told.has(pass.id));
  part("conflicts").replaceChildren(
    ...here.map(conflictLine),
    ...others.map(shownAgainLine),
  );
  part("conflicts-part").hidden = here.length + others.length === 0;
}

export function showNumbers({ used, valid, waiting }) {
  part("used").textContent = used;
  part("valid").textContent = valid;
  part("waiting").textContent = waiting;
}

function latestLine({ at, pass, verdict, waiting }) {
  const line = element("li", "");
  line.dataset.tone = toneOf(verdict);
  const word = element("strong", wordsOf(verdict).querySelector(".door-word").textContent);
  const name = element("span", nameOf(verdict, pass));
  const state = element("span", waiting ? say("notSent") : "");
  state.className = "hint";
  line.append(word, name, timeOf(at), state);
  return line;
}

function conflictLine({ pass, door, at, verdict }) {
  const told = { name: nameOf(verdict, pass), here: sinceOf({ door, at }) };
  if (verdict.outcome === "already in") {
    return element("li", say("alsoIn", { ...told, there: sinceOf(verdict) }));
  }
  const word = wordsOf(verdict).querySelector(".door-word").textContent;
  return element("li", say("butShop", { ...told, word }));
}

function shownAgainLine({ id, unit, door, admittedAt, conflicts }) {
  const there = conflicts.map(sinceOf).join("; ");
  const here = sinceOf({ door, at: admittedAt });
  return element("li", say("again", { name: nameOf({ unit }, id), here, there }));
}

function filled(verdict) {
  const words = wordsOf(verdict);
  words.querySelector(".door-unit").textContent = verdict.unit ? nameOf(verdict) : "";
  words.querySelector(".door-since").textContent = verdict.at ? sinceOf(verdict) : "";
  return words;
}

function wordsOf({ outcome, early }) {
  const key = early ? "early" : outcome;
  const template = document.querySelector(`template[data-outcome="${key}"]`);
  return template.content.cloneNode(true);
}

function toneOf(verdict) {
  return wordsOf(verdict).firstElementChild.dataset.tone;
}

function nameOf({ unit }, pass = "") {
  if (unit) return `${unitWord} ${unit}`;
  return pass.replace(/^(.{4})(.{4})/, "$1-$2-");
}

function sinceOf({ door, at }) {
  return `${door}, ${moment(at)}`;
}

/** Writes a time by the clock of this device; of another day, with the day. */
function moment(iso) {
  const time = new Date(iso);
  const today = time.toDateString() === new Date().toDateString();
  const day = today ? {} : { day: "numeric", month: "long" };
  const options = { hour: "2-digit", minute: "2-digit", ...day };
  return new Intl.DateTimeFormat(customs, options).format(time);
}

function timeOf(iso) {
  const time = element("time", moment(iso));
  time.dateTime = iso;
  return time;
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
