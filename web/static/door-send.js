// Tells the shop of everybody who was let in, in their order, until it has answered.

import { AwayError, SignedOutError, admit } from "./door-shop.js";

const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

export class Sender {
  #wanted = false;
  #sending = false;
  #pause = FIRST_PAUSE;
  #timer;

  /** settled(scan) hears of each answer, failed(error) of each failed attempt. */
  constructor(store, listing, { settled, failed }) {
    Object.assign(this, { store, listing, settled, failed });
  }

  /** Sends what waits, and tries again later if that fails. */
  async send() {
    this.#wanted = true;
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    try {
      while (this.#wanted) {
        this.#wanted = false;
        await alone(`door ${this.listing}`, () => this.#sendAll());
      }
      this.#pause = FIRST_PAUSE;
    } catch (error) {
      this.#retryAfter(error);
    } finally {
      this.#sending = false;
    }
  }

  /** Sends without waiting any longer: the network is back. */
  sendNow() {
    this.#pause = FIRST_PAUSE;
    return this.send();
  }

  async #sendAll() {
    let scan;
    while ((scan = await this.store.nextWaiting(this.listing))) {
      const settled = await this.store.settle(scan.seq, await admit(scan));
      if (settled) this.settled(settled);
    }
  }

  #retryAfter(error) {
    if (!(error instanceof AwayError || error instanceof SignedOutError)) throw error;
    this.#timer = setTimeout(() => this.send(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.failed(error);
  }
}

// One tab of this browser at a time, where browsers have locks; where not, the shop
// takes a scan that is told twice for one.
function alone(name, work) {
  return navigator.locks ? navigator.locks.request(name, work) : work();
}
