// Asks again with what was sent when it is one's turn, and tells how long that takes.

import { sayOf } from "./words.js";

const SECOND = 1000;

const form = document.querySelector("#turn");
const line = form.querySelector("[data-asks]");
const at = Date.now() + SECOND * Number(form.dataset.turn);

// Who reads this aloud has said the time once: each second would be too often.
function tick() {
  const seconds = Math.ceil((at - Date.now()) / SECOND);
  if (seconds > 0) {
    line.textContent = sayOf("turn", seconds, { seconds });
    return;
  }
  clearInterval(ticking);
  form.requestSubmit();
}

const ticking = setInterval(tick, SECOND);
tick();
