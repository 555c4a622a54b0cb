// Asks the shop.

const PATIENCE = 20_000;
// What asking again will not change.
const FINAL = new Set([400, 404, 422]);

/** The shop cannot be reached, or cannot answer now. */
export class AwayError extends Error {}

/** The session has ended, or somebody else is signed in. */
export class SignedOutError extends Error {}

/**
 * Returns the shop's words for the passes of a listing and for the keys of their codes,
 * as two texts of JSON. Raises AwayError, SignedOutError.
 */
export function getList(listing) {
  return Promise.all([
    expect(`/api/passes?ticketId=${listing}`),
    expect("/api/passes/keys"),
  ]);
}

/** Returns the shop's verdict on a scan. Raises AwayError, SignedOutError. */
export async function admit({ id, pass, code, door, at }) {
  const { ok, text } = await ask(`/api/passes/${pass}/admit`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ scan: id, code, door, at }),
  });
  if (!ok) return { outcome: "not genuine" };
  const { unit, outcome, admittedAt, door: first } = JSON.parse(text);
  return { outcome, unit, at: admittedAt, door: first };
}

async function expect(address) {
  const { ok, text } = await ask(address);
  if (!ok) throw new AwayError();
  return text;
}

async function ask(address, options) {
  const { ok, status, text } = await reach(address, options);
  if (status === 401) throw new SignedOutError();
  if (!ok && !FINAL.has(status)) throw new AwayError();
  return { ok, text };
}

async function reach(address, options) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE);
  try {
    const response = await fetch(address, { ...options, signal: stop.signal });
    const { ok, status } = response;
    return { ok, status, text: await response.text() };
  } catch {
    throw new AwayError();
  } finally {
    clearTimeout(timer);
  }
}
