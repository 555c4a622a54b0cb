// The picked seats as a list, and as the fields that the form sends.

import { outOf } from "./seats-words.js";
import { say } from "./words.js";

export class Basket {
  // `removed(label)` hears what is to be taken out.
  // `costOf(size)` is the text of what so many seats cost.
  constructor(root, picks, costOf, removed) {
    Object.assign(this, { picks, costOf, removed });
    this.part = root.querySelector(".basket");
    this.list = this.part.querySelector("ul");
    this.count = this.part.querySelector(".basket-count");
    this.total = this.part.querySelector(".basket-total");
    this.empty = this.part.querySelector(".basket-empty");
    this.seats = root.querySelector("[name=seats]");
    this.quantity = root.querySelector("[name=quantity]");
    this.best = root.querySelector(".seats-best");
  }

  refresh() {
    const { picks } = this;
    const isEmpty = picks.size === 0;
    this.count.textContent = outOf(picks.size, picks.most);
    this.total.textContent = this.costOf(picks.size);
    this.total.parentElement.hidden = isEmpty;
    this.empty.hidden = !isEmpty;
    this.seats.value = picks.labels.join(", ");
    // One or the other is sent: the seats picked, or how many are wanted.
    this.quantity.disabled = this.best.hidden = !isEmpty;
    this.#fill(picks.labels);
  }

  // The items that stay are left alone, and with them the focus.
  #fill(labels) {
    const items = [...this.list.children];
    const stay = items.filter((li) => labels.includes(li.dataset.seat));
    const focus = this.#afterFocus(items, stay);
    const gone = items.filter((li) => !stay.includes(li));
    gone.forEach((li) => li.remove());
    const fresh = labels.slice(stay.length).map((label) => this.#item(label));
    this.list.append(...fresh);
    focus?.focus();
  }

  // What takes the focus from an item that goes: one that follows, or the whole part.
  #afterFocus(items, stay) {
    const at = items.indexOf(document.activeElement.closest(".basket li"));
    if (at < 0 || stay.includes(items[at])) return null;
    const next = items.slice(at).find((li) => stay.includes(li)) ?? stay.at(-1);
    return next?.querySelector("button") ?? this.part;
  }

  #item(label) {
    const li = document.createElement("li");
    li.dataset.seat = label;
    const button = document.createElement("button");
    button.type = "button";
    button.setAttribute("aria-label", say("remove", { label }));
    button.addEventListener("click", () => this.removed(label));
    li.append(label, button);
    return li;
  }
}
