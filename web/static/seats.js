// Choosing seats: the map, the list of rows and the picks, kept up to date together.

import { moneyIn } from "./money.js";
import { Basket } from "./seats-basket.js";
import { Hall } from "./seats-hall.js";
import { SeatMap } from "./seats-map.js";
import { memoryOf } from "./seats-memory.js";
import { labelsIn, Picks } from "./seats-picks.js";
import { RowChooser } from "./seats-rows.js";
import { watchSeats } from "./seats-source.js";
import * as words from "./seats-words.js";

class SeatChoice {
  #hall = null;

  constructor(root) {
    const { url, most, price, currency } = root.dataset;
    this.root = root;
    this.memory = memoryOf(`picks ${url}`);
    // What a refused form brings back counts more.
    const typed = root.querySelector("[name=seats]").value;
    this.isRecalled = !typed;
    this.picks = new Picks(Number(most), labelsIn(typed || this.memory.recall()));
    const money = moneyIn(currency);
    this.#build((size) => money(size * price));
    this.source = watchSeats(url, {
      onSeats: (seats) => this.#show(seats),
      onTrouble: (isInTrouble) => this.#part("trouble", !isInTrouble),
    });
    this.#leaveAndReturn();
  }

  #build(costOf) {
    this.map = new SeatMap(this.root, this.picks, {
      chosen: (place) => this.#choose(place),
      reached: (place) => this.#reach(place),
      wordsOf: (place) => this.#wordsOf(place),
    });
    this.rows = new RowChooser(this.root, this.picks, {
      chosen: (place) => {
        this.map.point(place);
        this.#choose(place);
      },
      opened: (place) => this.map.point(place),
    });
    const remove = (label) => this.#remove(label);
    this.basket = new Basket(this.root, this.picks, costOf, remove);
  }

  #show({ layout, states }) {
    const isFirst = !this.#hall;
    if (this.#hall?.layout !== layout) this.#hall = new Hall(layout);
    this.#hall.states = states;
    const gone = this.picks.keep((label) => this.#hall.isFree(label));
    if (isFirst) this.#begin();
    if (gone.length && !isFirst) this.#tell(words.gone(gone));
    else if (gone.length && this.isRecalled) this.#tell(words.noLongerFree(gone));
    this.#refresh();
  }

  // Until now the fields to type into were shown.
  #begin() {
    for (const part of this.root.querySelectorAll(".seats-live")) part.hidden = false;
    this.#part("typed", true);
    this.map.takeOver(this.root.querySelector("[name=seats]"));
  }

  #refresh() {
    const hall = this.#hall;
    this.map.show(hall);
    this.rows.show(hall);
    this.basket.refresh();
    const free = words.seatsFreeOf(hall.countFree(), hall.labels.length);
    this.root.querySelector(".seats-free").textContent = free;
    this.memory.keep(this.picks.labels.join(","));
  }

  #choose(place) {
    const { picks } = this;
    const label = this.#hall.labels[place];
    this.rows.follow(place);
    if (picks.has(label)) {
      this.#remove(label);
      return;
    }
    if (!this.#hall.isFree(label)) this.#say(words.seat(label, this.#stateOf(place)));
    else if (picks.isFull) this.#tell(words.full(picks.most));
    else {
      picks.add(label);
      this.#tell("");
      this.#say(words.picked(label, picks.size, picks.most));
    }
    this.#refresh();
  }

  #remove(label) {
    this.picks.remove(label);
    this.#tell("");
    this.#say(words.removed(label, this.picks.size, this.picks.most));
    this.#refresh();
  }

  #reach(place) {
    this.rows.follow(place);
    this.#say(words.seat(this.#hall.labels[place], this.#stateOf(place)));
  }

  #wordsOf(place) {
    return `${this.#hall.labels[place]}, ${this.#stateOf(place)}`;
  }

  #stateOf(place) {
    const isPicked = this.picks.has(this.#hall.labels[place]);
    return words.stateOf(isPicked ? "yours" : this.#hall.stateAt(place));
  }

  // What the buyer must not miss, seen and heard.
  #tell(text) {
    this.root.querySelector(".seats-news").textContent = text;
  }

  // What is seen on the map already, for those who hear it.
  #say(text) {
    this.root.querySelector(".seats-aloud").textContent = text;
  }

  #part(name, isHidden) {
    this.root.querySelector(`.seats-${name}`).hidden = isHidden;
  }

  // The buyer's own reservation takes seats as anybody's does: that is no news.
  #leaveAndReturn() {
    this.root.closest("form").addEventListener("submit", () => {
      this.source.stop();
      if ("signedIn" in this.root.dataset) this.memory.forget();
    });
    window.addEventListener("pageshow", (event) => {
      if (!event.persisted) return;
      this.picks.clear();
      this.source.start();
    });
  }
}

new SeatChoice(document.querySelector(".seats"));
