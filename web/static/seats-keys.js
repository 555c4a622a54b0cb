// Where the arrow keys lead from a seat on the map.

import { lastUpTo } from "./seats-plan.js";

const SAME_LINE = 0.6;
// Straight on is nearer than askew.
const ASKEW = 2;

function nearest(row, x) {
  const before = Math.max(lastUpTo(row.xs, x), 0);
  const after = Math.min(before + 1, row.xs.length - 1);
  return Math.abs(row.xs[before] - x) <= Math.abs(row.xs[after] - x) ? before : after;
}

// The seat that costs least to reach; `cost` is Infinity for what lies elsewhere.
function cheapest(plan, x, cost) {
  let found = -1;
  let least = Infinity;
  for (const row of plan.rows) {
    const nth = nearest(row, x);
    const price = cost(row.xs[nth] - x, row.y);
    if (price < least) [found, least] = [row.places[nth], price];
  }
  return found;
}

function sideways(plan, spot, direction) {
  const inRow = plan.rows[spot.row].places[spot.nth + direction];
  if (inRow !== undefined) return inRow;
  // Beyond the end of its row: the row beside it, in the next block.
  return cheapest(plan, spot.x + direction * SAME_LINE, (dx, y) =>
    dx * direction >= 0 && Math.abs(y - spot.y) < SAME_LINE ? Math.abs(dx) : Infinity,
  );
}

function upright(plan, spot, direction) {
  return cheapest(plan, spot.x, (dx, y) => {
    const dy = (y - spot.y) * direction;
    return dy > 0 ? dy + ASKEW * Math.abs(dx) : Infinity;
  });
}

const MOVES = {
  ArrowLeft: (plan, spot) => sideways(plan, spot, -1),
  ArrowRight: (plan, spot) => sideways(plan, spot, +1),
  ArrowUp: (plan, spot) => upright(plan, spot, -1),
  ArrowDown: (plan, spot) => upright(plan, spot, +1),
  Home: (plan, spot) => plan.rows[spot.row].places[0],
  End: (plan, spot) => plan.rows[spot.row].places.at(-1),
};

export const isMove = (key) => Object.hasOwn(MOVES, key);

// The place of the seat that a key leads to; where the map ends, the same one.
export function seatFrom(plan, place, key) {
  const found = MOVES[key](plan, plan.spots[place]);
  return found < 0 ? place : found;
}
