// What the door keeps in this browser, so that it works and forgets nothing offline.
//
// lists: {listing, passes, keys, tag} for each listing.
// scans: {seq, id, listing, pass?, code?, door, at, verdict} in the order they were
//   made, and with: "waiting" while the shop must still be told, "admits" (the pass)
//   while it stands for somebody who was let in, "conflict" when the shop disagreed.
// device: single values, such as the name of the door.

const NAME = "door";
const INDEXES = {
  waiting: ["listing", "waiting"],
  admits: ["listing", "admits"],
  conflict: ["listing", "conflict"],
  listing: ["listing"],
};

export async function openStore() {
  const opening = indexedDB.open(NAME, 1);
  opening.onupgradeneeded = () => create(opening.result);
  return new Store(await result(opening));
}

export class Store {
  constructor(database) {
    this.database = database;
  }

  list(listing) {
    return this.#read("lists", (lists) => lists.get(listing));
  }

  keepList(list) {
    return this.#write("lists", (lists) => lists.put(list));
  }

  doorName() {
    return this.#read("device", (device) => device.get("name"));
  }

  nameDoor(name) {
    return this.#write("device", (device) => device.put(name, "name"));
  }

  /**
   * Adds a scan, whose verdict decide(admission) gives, and returns it with its seq.
   * In one transaction: of two tabs only one can let somebody in.
   */
  async addScan(scan, decide) {
    await this.#write("scans", async (scans) => {
      const made = scan.pass && scans.index("admits").get([scan.listing, scan.pass]);
      const earlier = made && (await result(made));
      scan.verdict = decide(earlier && admission(earlier));
      if (scan.verdict.outcome === "welcome") {
        Object.assign(scan, { waiting: 1, admits: scan.pass });
      }
      scan.seq = await result(scans.add(scan));
    });
    return scan;
  }

  /**
   * Takes over the shop's verdict on a scan and returns the scan as it is then, or
   * undefined if somebody has signed out meanwhile and nothing is kept any more.
   */
  async settle(seq, verdict) {
    let scan;
    await this.#write("scans", async (scans) => {
      scan = await result(scans.get(seq));
      if (!scan) return;
      delete scan.waiting;
      if (verdict.outcome !== "welcome") {
        const { unit } = scan.verdict;
        Object.assign(scan, { verdict: { unit, ...verdict }, conflict: 1 });
        if (verdict.outcome !== "already in") delete scan.admits;
      }
      await result(scans.put(scan));
    });
    return scan;
  }

  /** Takes the mark of a conflict off a scan and returns it. */
  async dropConflict(scan) {
    delete scan.conflict;
    await this.#write("scans", (scans) => scans.put(scan));
    return scan;
  }

  nextWaiting(listing) {
    return this.#index("waiting", (index) => index.get([listing, 1]));
  }

  countWaiting(listing) {
    return this.#index("waiting", (index) => index.count([listing, 1]));
  }

  countAllWaiting() {
    return this.#index("waiting", (index) => index.count());
  }

  conflicts(listing) {
    return this.#index("conflict", (index) => index.getAll([listing, 1]));
  }

  /** Returns the ids of the passes by which somebody was let in here. */
  async admitted(listing) {
    const range = IDBKeyRange.bound([listing, ""], [listing, "\uffff"]);
    const scans = await this.#index("admits", (index) => index.getAll(range));
    return scans.map((scan) => scan.admits);
  }

  /** Returns the latest scans, the last one first. */
  async latest(listing, number) {
    const found = [];
    const range = IDBKeyRange.only([listing]);
    const transaction = this.database.transaction("scans");
    const request = transaction.objectStore("scans").index("listing");
    const cursor = request.openCursor(range, "prev");
    while (found.length < number && (await result(cursor))) {
      found.push(cursor.result.value);
      cursor.result.continue();
    }
    return found;
  }

  /** Forgets everything. */
  async clear() {
    const names = [...this.database.objectStoreNames];
    const transaction = this.database.transaction(names, "readwrite");
    names.forEach((name) => transaction.objectStore(name).clear());
    await finished(transaction);
  }

  #read(name, ask) {
    return result(ask(this.database.transaction(name).objectStore(name)));
  }

  #index(name, ask) {
    return this.#read("scans", (scans) => ask(scans.index(name)));
  }

  async #write(name, change) {
    const strict = { durability: "strict" };
    const transaction = this.database.transaction(name, "readwrite", strict);
    await Promise.all([finished(transaction), change(transaction.objectStore(name))]);
  }
}

function create(database) {
  database.createObjectStore("lists", { keyPath: "listing" });
  database.createObjectStore("device");
  const how = { keyPath: "seq", autoIncrement: true };
  const scans = database.createObjectStore("scans", how);
  for (const [name, path] of Object.entries(INDEXES)) scans.createIndex(name, path);
}

function admission({ at, door, verdict }) {
  return { at: verdict.at ?? at, door: verdict.door ?? door };
}

function result(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });
}
