// Keeps what is said of each listing in a list of them as it is now.

import { on } from "./live.js";
import { renew } from "./part.js";
import { customs, say } from "./words.js";

const LIST = "ul.tickets";
// What these say goes by the clock, and not by what is left.
const BY_THE_CLOCK = ["upcoming", "over"];
const number = new Intl.NumberFormat(customs);

function badge(kind, words) {
  const made = document.createElement("span");
  made.className = `badge ${kind}`;
  made.textContent = say(words);
  return made;
}

function left({ available, held, cancelled }, isSingle) {
  if (cancelled) return badge("over", "cancelled");
  if (available) return isSingle ? "" : say("left", { number: number.format(available) });
  if (held) return badge("waiting", isSingle ? "held" : "allHeld");
  return badge("over", isSingle ? "sold" : "soldOut");
}

function show(listing) {
  const fact = document.querySelector(`[data-listed="${listing.id}"]`);
  if (!fact || (BY_THE_CLOCK.includes(fact.dataset.offer) && !listing.cancelled)) return;
  fact.replaceChildren(left(listing, "single" in fact.dataset));
}

on("ticket", (listing) => {
  if (listing && "available" in listing) show(listing);
  else renew(location.href, LIST);
});
