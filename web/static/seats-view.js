// Which part of the map is seen, and how large: `scale` pixels a unit.

// A seat is drawn this much of a unit wide.
export const SEAT = 0.8;
export const LARGEST = 48;
const LARGEST_WHOLE = 40;
const GLIDE = 220;

export class View {
  #frame = 0;

  // `changed` is called whenever something else is seen.
  constructor(changed) {
    this.changed = changed;
    this.plan = { width: 1, height: 1 };
    this.size = { width: 1, height: 1 };
    this.scale = this.x = this.y = 0;
  }

  get whole() {
    const { plan, size } = this;
    const fitting = Math.min(size.width / plan.width, size.height / plan.height);
    return Math.min(fitting, LARGEST_WHOLE);
  }

  get isWhole() {
    return this.scale <= this.whole * 1.001;
  }

  // Shows a plan in a field of so many pixels; what was seen stays seen.
  lay(plan, size) {
    const wasWhole = !this.scale || this.isWhole || plan !== this.plan;
    this.plan = plan;
    this.size = size;
    if (wasWhole) this.showWhole();
    else this.#go(this.scale, this.x, this.y);
  }

  showWhole() {
    this.#go(this.whole, 0, 0);
  }

  onScreen({ x, y }) {
    return { x: (x - this.x) * this.scale, y: (y - this.y) * this.scale };
  }

  onPlan({ x, y }) {
    return { x: x / this.scale + this.x, y: y / this.scale + this.y };
  }

  // Moves what is seen by so many pixels; tells whether there was anything to move.
  pan(dx, dy) {
    const { x, y } = this;
    this.#go(this.scale, x - dx / this.scale, y - dy / this.scale);
    return this.x !== x || this.y !== y;
  }

  // Zooms so that the point under a pixel stays there.
  zoom(factor, pixel = this.#middle) {
    const point = this.onPlan(pixel);
    const scale = this.#within(this.scale * factor);
    this.#go(scale, point.x - pixel.x / scale, point.y - pixel.y / scale);
  }

  // Glides to a point of the plan; seats are at least `pixels` wide then.
  approach(point, pixels) {
    const scale = this.#within(Math.max(this.scale, pixels / SEAT));
    const x = point.x - this.#middle.x / scale;
    const y = point.y - this.#middle.y / scale;
    this.#glide(...this.#clamped(scale, x, y));
  }

  // Brings a point into sight if it is not, or is too small to be seen.
  reveal(point, pixels) {
    const { x, y } = this.onScreen(point);
    const edge = Math.max(this.scale, pixels / SEAT);
    const { width, height } = this.size;
    const isSeen = x >= edge && y >= edge && x <= width - edge && y <= height - edge;
    if (this.scale * SEAT < pixels - 0.01 || !isSeen) this.approach(point, pixels);
  }

  get #middle() {
    return { x: this.size.width / 2, y: this.size.height / 2 };
  }

  #within(scale) {
    return Math.min(Math.max(scale, this.whole), Math.max(LARGEST, this.whole));
  }

  // Keeps the map in the field; what is smaller than the field is in its middle.
  #clamped(scale, x, y) {
    const along = (at, length, pixels) => {
      const most = length - pixels / scale;
      return most < 0 ? most / 2 : Math.min(Math.max(at, 0), most);
    };
    const { plan, size } = this;
    const left = along(x, plan.width, size.width);
    return [scale, left, along(y, plan.height, size.height)];
  }

  #go(scale, x, y) {
    cancelAnimationFrame(this.#frame);
    [this.scale, this.x, this.y] = this.#clamped(scale, x, y);
    this.changed();
  }

  #glide(scale, x, y) {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
      this.#go(scale, x, y);
      return;
    }
    const from = [this.scale, this.x, this.y];
    const began = performance.now();
    const step = (now) => {
      const part = Math.min((now - began) / GLIDE, 1);
      const eased = 1 - (1 - part) ** 3;
      const between = [scale, x, y].map((to, i) => from[i] + (to - from[i]) * eased);
      this.#go(...between);
      if (part < 1) this.#frame = requestAnimationFrame(step);
    };
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(step);
  }
}
