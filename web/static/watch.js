// Shows an order's page anew when the order has moved on, in whatever window that was.

import { isTold, on } from "./live.js";
import { renew } from "./part.js";

const { watch, page, status, ...facts } =
  document.querySelector("[data-watch]").dataset;
let version = Number(facts.version ?? -1);
// The answer to a form that was sent tells more than this page anew would.
let isLeaving = false;
// Other things than the order change, too: look at all of them now and then.
const LOOKS = 5;
// What went wrong with a form can be read so long before it is gone.
const TO_READ = 4000;

function showAnew() {
  const problem = document.querySelector("main [role=alert]:not([hidden])");
  setTimeout(() => {
    if (!isLeaving) location.replace(page);
  }, problem ? TO_READ : 0);
}

async function read() {
  try {
    const response = await fetch(watch, { headers: { Accept: "application/json" } });
    if (response.ok) return await response.json();
    return response.status >= 500 ? null : { status: "gone" };
  } catch {
    return null;
  }
}

async function look() {
  const order = await read();
  if (order && order.status !== status) return showAnew();
  if (order) hear(order);
}

function hear(order) {
  if (order.payment) return showAnew();
  if (order.version <= version) return;
  if (order.status !== status || status !== "created") return showAnew();
  // Held for longer: who is typing the number of a card goes on doing so.
  version = order.version;
  document.dispatchEvent(new CustomEvent("extended", { detail: order.expiresAt }));
  renew(page, "#held-until");
}

async function follow() {
  for (let count = 1; count <= LOOKS; count += 1) {
    const pause = count * (isTold() ? 1000 : 500);
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (!isTold()) await look();
  }
  showAnew();
}

document.addEventListener("submit", (event) => {
  isLeaving = !event.defaultPrevented;
});
window.addEventListener("pageshow", () => {
  isLeaving = false;
});
on("order", (order) => (order ? hear(order) : look()));
if ("passes" in facts) follow();
