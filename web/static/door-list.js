// The passes of a listing and the keys of their codes: the shop's, or those kept here.

import { getList } from "./door-shop.js";

export class PassList {
  keys = [];
  #passes = new Map();
  #said = "";

  constructor(store, listing) {
    this.store = store;
    this.listing = listing;
  }

  /** Takes what was kept here when the shop was last reached. */
  async load() {
    const kept = await this.store.list(this.listing);
    if (kept) this.#take(kept);
  }

  /** Gets the list anew. Raises AwayError, SignedOutError. */
  async refresh() {
    const said = await getList(this.listing);
    // Long lists that did not change are not worth the battery.
    if (this.#said === said.join()) return;
    const [{ passes }, { keys }] = said.map((text) => JSON.parse(text));
    this.#take({ passes, keys });
    this.#said = said.join();
    await this.store.keepList({ listing: this.listing, passes, keys });
  }

  find(id) {
    return this.#passes.get(id);
  }

  /** Counts the valid passes and those used, of which some may be known here only. */
  count(admittedHere) {
    const used = new Set(admittedHere);
    const valid = new Set(admittedHere);
    for (const { id, status } of this.#passes.values()) {
      if (status === "refunded") continue;
      valid.add(id);
      if (status === "admitted") used.add(id);
    }
    return { used: used.size, valid: valid.size };
  }

  /** Returns the passes that were shown again after somebody was in. */
  get conflicts() {
    return [...this.#passes.values()].filter((each) => each.conflicts);
  }

  #take({ passes, keys }) {
    this.#passes = new Map(passes.map((each) => [each.id, each]));
    this.keys = keys;
  }
}
