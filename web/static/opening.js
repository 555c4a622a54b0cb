// Shows what a listing's page says once its sale opens, by the server's clock.

const SECOND = 1000;
// The clock is asked for once more so long before, not by all pages at once.
const SHORTLY = SECOND * (10 + 50 * Math.random());
// Nor do all of them look at the same moment.
const SPREAD = SECOND * Math.random();

let ahead = 0;
let isSure = false;

// The time of an answer's head has whole seconds.
async function askForTime(page) {
  isSure = true;
  const { headers } = await fetch(page, { method: "HEAD", cache: "no-store" });
  const now = Date.parse(headers.get("Date")) + SECOND / 2;
  if (now) ahead = now - Date.now();
}

// Calls `look` when it is time, and again until `part` has no opening any more.
export function whenOpen(part, look) {
  const opens = () => Date.parse(part.querySelector("[data-opens]")?.dataset.opens);
  ahead = Date.parse(part.dataset.now) - Date.now();

  function tick() {
    const left = opens() - Date.now() - ahead;
    if (Number.isNaN(left)) return clearInterval(ticking);
    if (left < SHORTLY && !isSure) askForTime(part.dataset.page).catch(() => {});
    if (left < -SPREAD) look();
  }

  const ticking = setInterval(tick, SECOND);
  // A browser that slept, or had this page out of sight, did not tick meanwhile.
  document.addEventListener("visibilitychange", tick);
}
