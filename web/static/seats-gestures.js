// Mouse, fingers and wheel on the map: move it, zoom it, tap a seat.

// A press that moves less is a tap.
const SLACK = 8;
const ZOOM_SPEED = 0.01;
const LINE = 16;

const span = ([a, b]) => Math.hypot(a.x - b.x, a.y - b.y);
const middle = ([a, b]) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

class Gestures {
  // Where each finger is, by the id of its pointer.
  #fingers = new Map();
  #start = null;

  constructor(field, view, told) {
    Object.assign(this, { field, view, told });
  }

  #at(event) {
    const box = this.field.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  pointerdown(event) {
    if (event.button) return;
    this.field.setPointerCapture(event.pointerId);
    this.#start = this.#fingers.size ? null : this.#at(event);
    this.#fingers.set(event.pointerId, this.#at(event));
  }

  pointermove(event) {
    const now = this.#at(event);
    const before = this.#fingers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse") this.told.pointed(now);
      return;
    }
    if (this.#start && span([this.#start, now]) < SLACK) return;
    this.#start = null;
    this.told.dragged();
    const fingers = [...this.#fingers.values()];
    this.#fingers.set(event.pointerId, now);
    const moved = [...this.#fingers.values()];
    if (moved.length === 2) this.#pinch(fingers, moved);
    else this.view.pan(now.x - before.x, now.y - before.y);
  }

  #pinch(before, after) {
    const [from, to] = [middle(before), middle(after)];
    this.view.pan(to.x - from.x, to.y - from.y);
    this.view.zoom(span(after) / Math.max(span(before), 1), to);
  }

  pointerup(event) {
    if (this.#start && this.#fingers.has(event.pointerId)) {
      this.told.tapped(this.#at(event), event.pointerType === "mouse");
    }
    this.pointercancel(event);
  }

  pointercancel(event) {
    this.#fingers.delete(event.pointerId);
    this.#start = null;
  }

  // A finger has always left by the time what it touched can be seen.
  pointerleave(event) {
    if (event.pointerType === "mouse") this.told.left();
  }

  // With Ctrl, as trackpads say it for a pinch, the wheel zooms; otherwise it moves the
  // map, and the page where the map goes no further.
  wheel(event) {
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    if (event.ctrlKey || event.metaKey) {
      const steps = Math.min(Math.max(event.deltaY * pixels, -50), 50);
      this.view.zoom(Math.exp(-steps * ZOOM_SPEED), this.#at(event));
      event.preventDefault();
      return;
    }
    const [dx, dy] = [event.deltaX, event.deltaY].map((delta) => -delta * pixels);
    if (this.view.pan(dx, dy)) event.preventDefault();
  }
}

const EVENTS = [
  "pointerdown",
  "pointermove",
  "pointerup",
  "pointercancel",
  "pointerleave",
  "wheel",
];

// `told` hears of pixels: pointed(at), tapped(at, byMouse), dragged(), left().
export function listen(field, view, told) {
  const gestures = new Gestures(field, view, told);
  for (const name of EVENTS) {
    field.addEventListener(name, (event) => gestures[name](event), { passive: false });
  }
}
