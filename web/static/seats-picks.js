// Which seats the buyer has picked. They stay picked only while they are free.

export const labelsIn = (text) =>
  text
    .split(/[,;\n]/)
    .map((label) => label.trim())
    .filter(Boolean);

export class Picks {
  #labels;

  constructor(most, labels = []) {
    this.most = most;
    this.#labels = new Set(labels);
  }

  get labels() {
    return [...this.#labels];
  }

  get size() {
    return this.#labels.size;
  }

  get isFull() {
    return this.size >= this.most;
  }

  has(label) {
    return this.#labels.has(label);
  }

  add(label) {
    this.#labels.add(label);
  }

  remove(label) {
    this.#labels.delete(label);
  }

  clear() {
    this.#labels.clear();
  }

  // Lets go of what is not free any more, and of what is too much; returns the former.
  keep(isFree) {
    const gone = this.labels.filter((label) => !isFree(label));
    gone.forEach((label) => this.remove(label));
    this.labels.slice(this.most).forEach((label) => this.remove(label));
    return gone;
  }
}
