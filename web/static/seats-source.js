// Tells how the seats of a listing stand: at once, and again whenever that changes.

import { isTold, on } from "./live.js";

// While nobody tells of changes, and while somebody does.
const EVERY = 2000;
const SLOWEST = 15_000;
// Who is told looks at once, but not all at the same time and not more often than this.
const SPREAD = 300;
const APART = 700;
const PATIENCE = 10_000;
// One answer may get lost on the way; two are worth a word.
const WORTH_A_WORD = 2;

// Looks at `url` while the page is in sight. `onSeats({layout, states})` hears of each
// change, `onTrouble(isInTrouble)` after each look whether the answers stay away.
export function watchSeats(url, { onSeats, onTrouble }) {
  let tag = "";
  let watch = null;
  let lastLook = 0;
  let wake = () => {};
  let isNews = false;

  async function look() {
    const known = tag ? { "If-None-Match": tag } : {};
    const response = await fetch(url, {
      headers: { Accept: "application/json", ...known },
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.status === 304) return null;
    if (!response.ok) throw new Error(`Seats: ${response.status}`);
    return { seats: await response.json(), tag: response.headers.get("ETag") ?? "" };
  }

  // Until it is time to look, or there is news.
  async function rest(failures) {
    const usual = isTold() && !failures ? SLOWEST : EVERY * 2 ** failures;
    await new Promise((resolve) => {
      wake = resolve;
      setTimeout(resolve, isNews ? 0 : Math.min(usual, SLOWEST));
    });
  }

  async function follow() {
    const own = {};
    watch = own;
    let failures = 0;
    while (watch === own) {
      isNews = false;
      lastLook = Date.now();
      const found = await look().then(
        (answer) => ((failures = 0), answer),
        () => ((failures += 1), null),
      );
      if (watch !== own) return;
      if (found) {
        tag = found.tag;
        onSeats(found.seats);
      }
      onTrouble(failures >= WORTH_A_WORD);
      await rest(failures);
    }
  }

  const start = () => {
    if (!watch && !document.hidden) follow();
  };
  const stop = () => {
    watch = null;
  };
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stop();
    else start();
  });
  on("ticket", (told) => {
    if (!told) return;
    const early = Math.max(0, lastLook + APART - Date.now());
    setTimeout(() => {
      isNews = true;
      wake();
    }, early + Math.random() * SPREAD);
  });
  start();
  return { start, stop };
}
