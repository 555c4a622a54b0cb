// The drawn map: a canvas with a cursor that mouse, finger and keyboard move.

import { coloursOf, draw } from "./seats-draw.js";
import { listen } from "./seats-gestures.js";
import { isMove, seatFrom } from "./seats-keys.js";
import { Plan } from "./seats-plan.js";
import { LARGEST, SEAT, View } from "./seats-view.js";

// Seats narrower than this many pixels are zoomed to before they can be picked.
const FINGER = 24;
const MOUSE = 12;
const COMFORT = 30;
const ZOOM = 1.6;
const LEAST_HEIGHT = 176;
const MOST_HEIGHT = 640;
// The rest of the screen is left to scroll the page with.
const SHARE = 0.6;
// Not much flatter than a square, to see rows above and below when it is large.
const FLATTEST = 0.8;

export class SeatMap {
  #frame = 0;
  #cursor = -1;
  // Where the keyboard goes on.
  #home = -1;

  // `told` hears of places: chosen(place) when one is picked, reached(place) when the
  // keyboard goes there, wordsOf(place) says what stands there.
  constructor(root, picks, told) {
    this.field = root.querySelector(".seat-map");
    this.canvas = this.field.querySelector("canvas");
    this.ring = this.field.querySelector(".seat-cursor");
    this.tip = this.field.querySelector(".seat-tip");
    this.picks = picks;
    this.told = told;
    this.view = new View(() => this.refresh());
    this.#listen();
    this.#zoomBy(root);
  }

  // Draws another hall, or the same one after something has changed in it.
  show(hall) {
    if (hall !== this.hall) {
      this.hall = hall;
      this.plan = new Plan(hall);
      this.#cursor = this.#home = -1;
      this.#fit();
    }
    this.refresh();
  }

  // Stands where a field stood: what leads to the field leads to the map.
  takeOver(field) {
    this.canvas.id = field.id;
    field.removeAttribute("id");
  }

  refresh() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  // Moves the cursor to a seat and brings it into sight.
  point(place) {
    this.#cursor = this.#home = place;
    this.view.reveal(this.plan.spots[place], FINGER);
    this.refresh();
  }

  #listen() {
    const seatAt = (at) => this.plan.seatAt(...Object.values(this.view.onPlan(at)));
    listen(this.canvas, this.view, {
      pointed: (at) => this.#hover(seatAt(at)),
      tapped: (at, byMouse) => this.#tap(at, seatAt(at), byMouse ? MOUSE : FINGER),
      dragged: () => this.#hover(-1),
      left: () => this.#hover(-1),
    });
    this.canvas.addEventListener("keydown", (event) => this.#key(event));
    this.canvas.addEventListener("focus", () => this.#enter());
    this.canvas.addEventListener("blur", () => this.#hover(-1));
    // Fitting resizes the field itself, which may not happen while that is observed.
    const fit = () => requestAnimationFrame(() => this.#fit());
    new ResizeObserver(fit).observe(this.field);
    for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
      matchMedia(query).addEventListener("change", () => this.refresh());
    }
  }

  #zoomBy(root) {
    const acts = {
      in: () => this.view.zoom(ZOOM),
      out: () => this.view.zoom(1 / ZOOM),
      whole: () => this.view.showWhole(),
    };
    for (const button of root.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", acts[button.dataset.zoom]);
    }
    this.zooms = { "+": acts.in, "=": acts.in, "-": acts.out, 0: acts.whole };
  }

  #hover(place) {
    if (place < 0 && this.#isKeyed()) return;
    this.#cursor = place;
    this.#drawCursor();
  }

  #isKeyed() {
    return this.canvas.matches(":focus-visible");
  }

  #tap(at, place, least) {
    if (this.view.scale * SEAT < least) {
      this.view.approach(this.view.onPlan(at), COMFORT);
    } else if (place >= 0) {
      this.#cursor = this.#home = place;
      this.told.chosen(place);
    }
  }

  #enter() {
    if (!this.#isKeyed()) return;
    this.point(this.#start);
    this.told.reached(this.#cursor);
  }

  // Where the keyboard goes on, or begins.
  get #start() {
    return this.#home < 0 ? this.#first() : this.#home;
  }

  // One of the buyer's own seats, or else a free one.
  #first() {
    const { labels } = this.hall;
    const own = labels.findIndex((label) => this.picks.has(label));
    const free = labels.findIndex((label) => this.hall.isFree(label));
    return Math.max(own < 0 ? free : own, 0);
  }

  #key(event) {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const place = this.#cursor < 0 ? this.#start : this.#cursor;
    if (key in this.zooms) this.zooms[key]();
    else if (isMove(key)) {
      this.point(seatFrom(this.plan, place, key));
      this.told.reached(this.#cursor);
    } else if (key === " " || key === "Enter") {
      this.point(place);
      this.told.chosen(place);
    } else return;
    event.preventDefault();
  }

  #fit() {
    const width = this.field.clientWidth;
    if (!this.plan || !width) return;
    const height = this.#heightFor(width);
    this.field.style.height = `${height}px`;
    this.view.lay(this.plan, { width, height });
  }

  // As high as the map needs at a width, within what the screen has.
  #heightFor(width) {
    const { plan } = this;
    const whole = (width / plan.width) * plan.height;
    const needed = Math.max(whole, Math.min(width * FLATTEST, plan.height * LARGEST));
    const most = Math.min(window.innerHeight * SHARE, MOST_HEIGHT);
    return Math.round(Math.max(Math.min(needed, most), LEAST_HEIGHT));
  }

  #draw() {
    this.#frame = 0;
    const { canvas, view } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [view.size.width, view.size.height].map((length) =>
      Math.round(length * ratio),
    );
    if (canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
    }
    const context = canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    draw(context, this, coloursOf(canvas));
    // Where there is nothing to move, a finger scrolls the page.
    canvas.style.touchAction = view.isWhole ? "pan-y" : "none";
    this.#drawCursor();
  }

  #drawCursor() {
    const { ring, tip, view } = this;
    const place = this.#cursor;
    ring.hidden = tip.hidden = place < 0;
    if (place < 0) return;
    const { x, y } = view.onScreen(this.plan.spots[place]);
    const side = Math.max(view.scale * SEAT, 4);
    ring.dataset.seat = this.hall.labels[place];
    ring.style.width = ring.style.height = `${side}px`;
    ring.style.translate = `${x - side / 2}px ${y - side / 2}px`;
    tip.textContent = this.told.wordsOf(place);
    const half = tip.offsetWidth / 2;
    const left = Math.min(Math.max(x, half), Math.max(view.size.width - half, half));
    const above = y - side / 2 - tip.offsetHeight - 6;
    const top = above < 0 ? y + side / 2 + 6 : above;
    tip.style.translate = `${left - half}px ${top}px`;
  }
}
