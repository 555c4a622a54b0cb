// Draws the map on a canvas. Each state has a shape as well as a colour.

import { HEADING, ROW_PITCH } from "./seats-plan.js";
import { SEAT } from "./seats-view.js";

const TURN = 2 * Math.PI;
// Smaller seats are dots; in larger ones there is room for a number.
const SHAPED = 12;
const NUMBERED = 26;
// The smallest letters that can be read.
const LEAST_TEXT = 9;
// How much of what is behind a name is covered.
const COVER = 0.9;
const COLOURS = [
  "ground", "text", "muted",
  "free", "free-fill", "held", "held-fill", "sold", "sold-fill", "yours", "on-yours",
];

export function coloursOf(element) {
  const style = getComputedStyle(element);
  const named = COLOURS.map((name) => [name, style.getPropertyValue(`--seat-${name}`)]);
  return { ...Object.fromEntries(named), font: style.fontFamily };
}

// Sorts the seats in sight by what they are drawn as.
function inSight({ hall, plan, view, picks }) {
  const found = { free: [], held: [], sold: [], yours: [] };
  const { x: left, y: top } = view.onPlan({ x: 0, y: 0 });
  const end = view.onPlan({ x: view.size.width, y: view.size.height });
  const rows = [...plan.within(left, top, end.x, end.y)];
  for (const { row, first, last } of rows) {
    for (let nth = first; nth <= last; nth += 1) {
      const place = row.places[nth];
      const isPicked = picks.has(hall.labels[place]);
      const sort = isPicked ? "yours" : hall.stateAt(place);
      found[sort].push({ ...view.onScreen({ x: row.xs[nth], y: row.y }), place });
    }
  }
  return { rows, found };
}

function dots(context, seats, width, height, colour) {
  context.fillStyle = colour;
  for (const { x, y } of seats) {
    context.fillRect(x - width / 2, y - height / 2, width, height);
  }
}

// Far away, seats differ in size as well: sold ones fade, yours stand out.
function drawDots(context, found, pitch, colours) {
  const side = Math.max(pitch * SEAT, Math.min(pitch, 1));
  dots(context, found.sold, side * 0.5, side * 0.5, colours.sold);
  dots(context, found.held, side, side * 0.5, colours.held);
  dots(context, found.free, side, side, colours.free);
  const large = Math.max(side * 1.2, 6);
  dots(context, found.yours, large, large, colours.yours);
}

function circles(context, seats, radius, part = TURN) {
  context.beginPath();
  for (const { x, y } of seats) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, part);
  }
}

function strokes(context, seats, radius, points) {
  context.beginPath();
  for (const { x, y } of seats) {
    points.forEach(([dx, dy, isStart]) => {
      const to = isStart ? "moveTo" : "lineTo";
      context[to](x + dx * radius, y + dy * radius);
    });
  }
  context.stroke();
}

const CROSS = [
  [-0.4, -0.4, true],
  [0.4, 0.4, false],
  [-0.4, 0.4, true],
  [0.4, -0.4, false],
];
const CHECK = [
  [-0.45, 0.05, true],
  [-0.1, 0.4, false],
  [0.5, -0.35, false],
];

function ring(context, seats, radius, line, fill) {
  circles(context, seats, radius);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = line;
  context.stroke();
}

function drawShapes(context, found, pitch, colours) {
  const radius = (pitch * SEAT) / 2;
  const line = Math.max(pitch / 20, 1.25);
  context.lineWidth = line;
  context.lineCap = context.lineJoin = "round";
  ring(context, found.free, radius - line / 2, colours.free, colours["free-fill"]);
  ring(context, found.held, radius - line / 2, colours.held, colours["held-fill"]);
  circles(context, found.held, radius - line / 2, TURN / 2);
  context.fillStyle = colours.held;
  context.fill();
  const faded = colours["sold-fill"];
  ring(context, found.sold, radius - line / 2, faded, faded);
  context.strokeStyle = colours.sold;
  strokes(context, found.sold, radius, CROSS);
  ring(context, found.yours, radius, colours.yours, colours.yours);
  context.strokeStyle = colours["on-yours"];
  context.lineWidth = Math.max(pitch / 12, 1.5);
  strokes(context, found.yours, radius, CHECK);
}

function type(context, colours, size) {
  context.font = `600 ${size}px ${colours.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
}

function drawNumbers(context, { hall, view }, seats, colours) {
  type(context, colours, Math.min(view.scale * 0.32, 13));
  context.fillStyle = colours.free;
  for (const { x, y, place } of seats) {
    context.fillText(hall.numbers[place], x, y + 0.5, view.scale * SEAT * 0.8);
  }
}

// The names of rows at both ends; where an end is out of sight, at the edge.
function drawNames(context, { view }, rows, colours) {
  const size = Math.min(view.scale * 0.7, 13);
  if (size < LEAST_TEXT) return;
  type(context, colours, size);
  for (const { row } of rows) {
    const { x: start, y } = view.onScreen({ x: row.xs[0] - 1.2, y: row.y });
    const { x: end } = view.onScreen({ x: row.xs.at(-1) + 1.2, y: row.y });
    const room = context.measureText(row.name).width + 14;
    const far = view.size.width - room;
    name(context, view, colours, row.name, y, start, start < room / 2 && [0, room]);
    name(context, view, colours, row.name, y, end, end > far + room / 2 && [far, room]);
  }
}

// `strip` is where an edge covers the seats that go on behind it.
function name(context, view, colours, text, y, x, strip) {
  if (strip) {
    const height = view.scale * ROW_PITCH;
    context.fillStyle = colours.ground;
    context.globalAlpha = COVER;
    context.fillRect(strip[0], y - height / 2, strip[1], height);
    context.globalAlpha = 1;
  }
  context.fillStyle = strip ? colours.text : colours.muted;
  context.fillText(text, strip ? strip[0] + strip[1] / 2 : x, y + 0.5);
}

// The middle of what is seen of a block.
function middleOf({ x, y, width, height }, view) {
  const from = view.onScreen({ x, y });
  const to = view.onScreen({ x: x + width, y: y + height });
  const between = (start, end, length) =>
    (Math.max(start, 0) + Math.min(end, length)) / 2;
  return {
    x: between(from.x, to.x, view.size.width),
    y: between(from.y, to.y, view.size.height),
  };
}

// The names of sections: over their seats while they are dots, above them later.
function drawHeadings(context, { plan, view }, colours) {
  const isFar = view.scale < SHAPED;
  const size = isFar ? 12 : 14;
  type(context, colours, size);
  for (const block of plan.blocks.filter(({ name: text }) => text)) {
    const room = context.measureText(block.name).width + 12;
    if (isFar && room > block.width * view.scale) continue;
    const middle = middleOf(block, view);
    const above = view.onScreen({ x: 0, y: block.y + HEADING * 0.6 });
    const y = isFar ? middle.y : above.y;
    if (isFar) plate(context, colours, middle.x, y, room, size + 8);
    context.fillStyle = colours.text;
    context.fillText(block.name, middle.x, y + 0.5);
  }
}

function plate(context, colours, x, y, width, height) {
  context.fillStyle = colours.ground;
  context.globalAlpha = COVER;
  context.beginPath();
  context.roundRect(x - width / 2, y - height / 2, width, height, height / 3);
  context.fill();
  context.globalAlpha = 1;
}

export function draw(context, scene, colours) {
  const { view } = scene;
  const { rows, found } = inSight(scene);
  context.fillStyle = colours.ground;
  context.fillRect(0, 0, view.size.width, view.size.height);
  if (view.scale < SHAPED) drawDots(context, found, view.scale, colours);
  else drawShapes(context, found, view.scale, colours);
  if (view.scale >= NUMBERED) drawNumbers(context, scene, found.free, colours);
  drawNames(context, scene, rows, colours);
  drawHeadings(context, scene, colours);
}
