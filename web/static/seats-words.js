// What is said about seats, in sight and aloud.

const STATES = { free: "free", held: "held, may come back", sold: "sold" };
const whole = new Intl.NumberFormat("en-US");

export const count = (number) => whole.format(number);
export const stateOf = (state) => STATES[state];
export const outOf = (size, most) => `${count(size)} of ${count(most)}`;

const are = (labels, one, more) =>
  `${labels.length === 1 ? "Seat" : "Seats"} ${labels.join(", ")} ` +
  `${labels.length === 1 ? one : more}`;

export function picked(label, size, most) {
  return `Seat ${label}, free, picked, ${outOf(size, most)}`;
}

export function removed(label, size, most) {
  return `Seat ${label}, removed, ${outOf(size, most)}`;
}

export function gone(labels) {
  const what = are(labels, "has", "have");
  return `${what} just gone: somebody else was faster. You can pick again.`;
}

export function noLongerFree(labels) {
  return `${are(labels, "is", "are")} no longer free.`;
}

export function full(most) {
  const limit = most === 1 ? "1 seat" : `${count(most)} seats`;
  return `One order can have ${limit}. Remove one to pick another.`;
}
