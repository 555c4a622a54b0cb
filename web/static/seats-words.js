// What is said about seats, in sight and aloud.

import { customs, say, sayOf } from "./words.js";

const whole = new Intl.NumberFormat(customs);

export const count = (number) => whole.format(number);
export const stateOf = (state) => say(state);
export const outOf = (size, most) =>
  say("outOf", { size: count(size), most: count(most) });

export function freeOf(size, all) {
  return say("freeOf", { size: count(size), all: count(all) });
}

export function seatsFreeOf(size, all) {
  return say("seatsFreeOf", { size: count(size), all: count(all) });
}

export function seat(label, state) {
  return say("seat", { label, state });
}

export function picked(label, size, most) {
  return say("picked", { label, outOf: outOf(size, most) });
}

export function removed(label, size, most) {
  return say("removed", { label, outOf: outOf(size, most) });
}

export function gone(labels) {
  return sayOf("gone", labels.length, { labels: labels.join(", ") });
}

export function noLongerFree(labels) {
  return sayOf("noLongerFree", labels.length, { labels: labels.join(", ") });
}

export function full(most) {
  return sayOf("full", most, { most: count(most) });
}
