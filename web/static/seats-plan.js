// Where each seat stands on the drawn map. One unit is the distance of two neighbours.

export const ROW_PITCH = 1.2;
// On both sides of a block, for the names of its rows.
const MARGIN = 2;
const EDGE = 0.6;
export const HEADING = 2;
// A section of more rows goes on beside itself, so that the map is no ribbon.
const MOST_ROWS = 60;
const ASPECT = 1.5;
// Odd and even numbers may face each other; a wider jump is an aisle.
const NEIGHBOURS = 2;
const REACH = 0.6;

// The x of each seat of a row, from 0.
function stepsOf(numbers) {
  const steps = [];
  let x = 0;
  numbers.forEach((number, nth) => {
    const jump = nth ? Math.abs(number - numbers[nth - 1]) : 0;
    if (nth) x += jump > NEIGHBOURS ? 2 : 1;
    steps.push(x);
  });
  return steps;
}

function blockOf(name, rows) {
  const steps = rows.map((row) => stepsOf(row.numbers));
  const width = Math.max(...steps.map((each) => each.at(-1))) + 2 * MARGIN;
  const top = EDGE + (name ? HEADING : 0);
  const height = top + (rows.length - 1) * ROW_PITCH + 2 * EDGE;
  const placed = rows.map((row, nth) => {
    const left = (width - steps[nth].at(-1)) / 2;
    return { ...row, y: top + nth * ROW_PITCH, xs: steps[nth].map((x) => left + x) };
  });
  return { name, width, height, rows: placed };
}

function blocksOf(rows) {
  const sections = new Map();
  for (const row of rows) {
    if (!sections.has(row.section)) sections.set(row.section, []);
    sections.get(row.section).push(row);
  }
  const blocks = [];
  for (const [name, members] of sections) {
    for (let start = 0; start < members.length; start += MOST_ROWS) {
      const heading = sections.size > 1 ? name : "";
      blocks.push(blockOf(heading, members.slice(start, start + MOST_ROWS)));
    }
  }
  return blocks;
}

// Sets blocks side by side, as many as fit the width, and goes on below.
function shelvesOf(blocks) {
  const area = blocks.reduce((sum, block) => sum + block.width * block.height, 0);
  const widest = Math.max(...blocks.map((block) => block.width));
  const most = Math.max(widest, Math.sqrt(area * ASPECT));
  const shelves = [];
  for (const block of blocks) {
    const shelf = shelves.at(-1);
    if (shelf && shelf.width + block.width <= most) {
      shelf.blocks.push(block);
      shelf.width += block.width;
      shelf.height = Math.max(shelf.height, block.height);
    } else {
      shelves.push({ blocks: [block], width: block.width, height: block.height });
    }
  }
  return shelves;
}

// The last of some growing numbers that is at most `limit`, or -1.
export function lastUpTo(numbers, limit) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] <= limit) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export class Plan {
  constructor(hall) {
    const shelves = shelvesOf(blocksOf(hall.rows));
    this.width = Math.max(...shelves.map((shelf) => shelf.width));
    this.height = shelves.reduce((sum, shelf) => sum + shelf.height, 0);
    this.blocks = [];
    this.rows = [];
    this.spots = new Array(hall.labels.length);
    let y = 0;
    for (const shelf of shelves) {
      let x = (this.width - shelf.width) / 2;
      for (const block of shelf.blocks) {
        this.#place(block, x, y);
        x += block.width;
      }
      y += shelf.height;
    }
  }

  #place({ name, width, height, rows }, left, top) {
    this.blocks.push({ name, x: left, y: top, width, height });
    for (const { name: title, places, xs, y } of rows) {
      const row = { name: title, places, xs: xs.map((x) => left + x), y: top + y };
      places.forEach((place, nth) => {
        this.spots[place] = { x: row.xs[nth], y: row.y, row: this.rows.length, nth };
      });
      this.rows.push(row);
    }
  }

  // The rows within a part of the map, each with the range of seats that is within.
  *within(left, top, right, bottom) {
    for (const row of this.rows) {
      if (row.y >= top - 1 && row.y <= bottom + 1) {
        const first = lastUpTo(row.xs, left - 1) + 1;
        const last = lastUpTo(row.xs, right + 1);
        if (first <= last) yield { row, first, last };
      }
    }
  }

  // The place of the seat at a point, or -1.
  seatAt(x, y) {
    for (const { row, first, last } of this.within(x, y, x, y)) {
      if (Math.abs(row.y - y) > REACH) continue;
      for (let nth = first; nth <= last; nth += 1) {
        if (Math.abs(row.xs[nth] - x) <= REACH) return row.places[nth];
      }
    }
    return -1;
  }
}
