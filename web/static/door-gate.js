// Takes scans one after the other: reads, decides, keeps, tells the shop.

import { decide } from "./door-decide.js";
import { check, read } from "./door-read.js";

// How long somebody waits at most before the door answers by what it knows itself.
const FOR_THE_SHOP = 1000;
const FOR_THE_LIST = 4000;

export class Gate {
  #turn = Promise.resolve();
  #asked = new Map();

  /**
   * refresh() gets the list anew and returns whether it could; isOnline() says whether
   * the shop was reached when it was last asked.
   */
  constructor({ store, list, sender, refresh, isOnline }) {
    Object.assign(this, { store, list, sender, refresh, isOnline });
  }

  /** Returns the scan of a text at a door, when its verdict can be told. */
  scan(text, door) {
    const scanning = this.#turn.then(() => this.#take(text, door));
    this.#turn = scanning.catch(() => undefined);
    return scanning;
  }

  /** Hears of the shop's answer; returns whether somebody was still waiting for it. */
  settle(scan) {
    const tell = this.#asked.get(scan.id);
    tell?.(scan);
    return Boolean(tell);
  }

  /** Hears that the shop does not answer: nobody waits for it any longer. */
  giveUp() {
    this.#asked.forEach((tell) => tell(undefined));
  }

  async #take(text, door) {
    const found = read(text);
    const known = await this.#lookUp(found);
    const scan = {
      id: newId(),
      listing: this.list.listing,
      pass: found?.id,
      code: found?.code,
      door,
      at: new Date().toISOString(),
    };
    await this.store.addScan(scan, (admission) => decide({ ...known, admission }));
    return scan.waiting ? this.#told(scan) : scan;
  }

  async #lookUp(found) {
    const known = await this.#look(found);
    if (decide(known).outcome !== "unknown") return known;
    const fresh = Boolean(await Promise.race([this.refresh(), pause(FOR_THE_LIST)]));
    return { ...(await this.#look(found)), fresh };
  }

  async #look(found) {
    const { listing, keys } = this.list;
    const signature = found?.code && (await check(found, keys));
    return { found, signature, listing, pass: found && this.list.find(found.id) };
  }

  // What the shop says in time is the door's own answer, and nothing it got wrong.
  async #told(scan) {
    const answer = new Promise((resolve) => this.#asked.set(scan.id, resolve));
    this.sender.send();
    const patience = this.isOnline() ? FOR_THE_SHOP : 0;
    const settled = await Promise.race([answer, pause(patience)]);
    this.#asked.delete(scan.id);
    return settled ? this.store.dropConflict(settled) : scan;
  }
}

// Pages without https have no crypto.randomUUID.
function newId() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(random, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
