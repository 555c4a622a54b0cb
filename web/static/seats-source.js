// Tells how the seats of a listing stand: at once, and again whenever that changes.

const EVERY = 700;
const SLOWEST = 15_000;
const PATIENCE = 10_000;
// One answer may get lost on the way; two are worth a word.
const WORTH_A_WORD = 2;

const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));

// Looks at `url` while the page is in sight. `onSeats({layout, states})` hears of each
// change, `onTrouble(isInTrouble)` after each look whether the answers stay away.
export function watchSeats(url, { onSeats, onTrouble }) {
  let tag = "";
  let watch = null;

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

  async function follow() {
    const own = {};
    watch = own;
    let failures = 0;
    while (watch === own) {
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
      await pause(Math.min(EVERY * 2 ** failures, SLOWEST));
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
  start();
  return { start, stop };
}
