// Picking by row: a list of rows, and a button for each seat of the chosen one.

import { freeOf, stateOf } from "./seats-words.js";
import { say } from "./words.js";

// Longer rows are chosen in parts.
const PART = 60;

function partsOf(row) {
  const title = row.title || say("all");
  const { length } = row.places;
  if (length <= PART) return [{ title, places: row.places }];
  const parts = [];
  for (let start = 0; start < length; start += PART) {
    const end = Math.min(start + PART, length);
    const ends = { first: row.numbers[start], last: row.numbers[end - 1] };
    const numbers = say("run", ends);
    const places = row.places.slice(start, end);
    parts.push({ title: `${title}, ${numbers}`, places });
  }
  return parts;
}

export class RowChooser {
  #hall = null;
  #buttons = new Map();

  // `chosen(place)` hears which seat is to be picked, `opened(place)` of a new row.
  constructor(root, picks, { chosen, opened }) {
    Object.assign(this, { picks, chosen, opened });
    this.select = root.querySelector("#seats-row");
    this.free = root.querySelector("#seats-row-free");
    this.list = root.querySelector(".row-seats");
    this.select.addEventListener("change", () => {
      this.#open();
      this.opened(this.#part.places[0]);
    });
  }

  show(hall) {
    if (hall !== this.#hall) {
      this.#hall = hall;
      this.parts = hall.rows.flatMap(partsOf);
      this.partAt = [];
      this.parts.forEach(({ places }, nth) => {
        for (const place of places) this.partAt[place] = nth;
      });
      const options = this.parts.map(({ title }, nth) => new Option(title, nth));
      this.select.replaceChildren(...options);
      this.#open();
    }
    this.refresh();
  }

  // Opens the row of a seat that was reached on the map.
  follow(place) {
    const nth = String(this.partAt[place]);
    if (this.select.value === nth) return;
    this.select.value = nth;
    this.#open();
  }

  refresh() {
    const { places } = this.#part;
    this.free.textContent = freeOf(this.#hall.countFree(places), places.length);
    for (const [place, button] of this.#buttons) this.#dress(button, place);
  }

  get #part() {
    return this.parts[this.select.selectedIndex];
  }

  #open() {
    const { labels, numbers } = this.#hall;
    this.#buttons.clear();
    const items = this.#part.places.map((place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = numbers[place] || labels[place];
      button.addEventListener("click", () => this.chosen(place));
      this.#buttons.set(place, button);
      const item = document.createElement("li");
      item.append(button);
      return item;
    });
    this.list.replaceChildren(...items);
    this.refresh();
  }

  // A seat that is taken keeps its button: whoever stands on it stays there.
  #dress(button, place) {
    const label = this.#hall.labels[place];
    const isPicked = this.picks.has(label);
    const state = this.#hall.stateAt(place);
    button.dataset.state = isPicked ? "picked" : state;
    button.setAttribute("aria-label", `${label}, ${stateOf(state)}`);
    button.setAttribute("aria-pressed", isPicked);
    button.setAttribute("aria-disabled", !this.#hall.isFree(label));
  }
}
