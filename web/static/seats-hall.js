// The seats of a listing: their labels, the rows they stand in, how each one stands.

const NUMBERED = /^(.*?)([0-9]{1,9})$/su;
const SEPARATORS = " ._/-";

const STATES = { ".": "free", h: "held", s: "sold" };

// A label and the number at its end, which is "" when it has none.
function partsOf(label) {
  const found = NUMBERED.exec(label);
  return found ? [found[1], found[2]] : [label, ""];
}

function expanded(run) {
  const [first, last] = run.split("~");
  if (last === undefined) return [first];
  const [prefix, number] = partsOf(first);
  const labels = [];
  for (let next = Number(number); next <= Number(last); next += 1) {
    labels.push(prefix + String(next).padStart(number.length, "0"));
  }
  return labels;
}

// Reads a layout: "A-1~40;B-01~20;Box" are, B-01 to B-20 and Box.
export function labelsOf(layout) {
  return layout ? layout.split(";").flatMap(expanded) : [];
}

function trimmed(text) {
  let end = text.length;
  while (end && SEPARATORS.includes(text[end - 1])) end -= 1;
  return text.slice(0, end);
}

// "Balcony B-" is row B of the section Balcony, "A-" row A of a nameless one.
function namesOf(prefix) {
  const title = trimmed(prefix);
  let start = title.length;
  while (start && !SEPARATORS.includes(title[start - 1])) start -= 1;
  return { title, section: trimmed(title.slice(0, start)), name: title.slice(start) };
}

// Seats with the same beginning are a row; `places` are where they stand in the layout.
export function rowsOf(labels) {
  const rows = new Map();
  labels.forEach((label, place) => {
    const [prefix, number] = partsOf(label);
    if (!rows.has(prefix)) {
      rows.set(prefix, { ...namesOf(prefix), places: [], numbers: [] });
    }
    const row = rows.get(prefix);
    row.places.push(place);
    row.numbers.push(number);
  });
  return [...rows.values()];
}

export class Hall {
  constructor(layout) {
    this.layout = layout;
    this.labels = labelsOf(layout);
    this.rows = rowsOf(this.labels);
    this.states = "";
    this.places = new Map(this.labels.map((label, place) => [label, place]));
    this.numbers = [];
    this.rowAt = [];
    this.rows.forEach((row, index) => {
      row.places.forEach((place, nth) => {
        this.numbers[place] = row.numbers[nth];
        this.rowAt[place] = index;
      });
    });
  }

  // How a seat stands: free, held or sold.
  stateAt(place) {
    return STATES[this.states[place]];
  }

  isFree(label) {
    return this.stateAt(this.places.get(label)) === "free";
  }

  countFree(places = this.labels.keys()) {
    let free = 0;
    for (const place of places) free += this.stateAt(place) === "free";
    return free;
  }
}
