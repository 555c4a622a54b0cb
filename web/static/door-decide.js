// Decides what becomes of a scan. Pure: everything that is known comes in.

/**
 * Returns {outcome, unit?, at?, door?, early?}.
 *
 * - found: what was read (see door-read.js), or null
 * - signature: of a signed code: "good", "bad" or "unchecked"
 * - listing: what this door lets people in to
 * - pass: the pass as the list has it, or undefined
 * - admission: {at, door} of somebody let in here with this pass, or undefined
 * - fresh: whether the list was got for this scan
 *
 * outcome: "welcome"; "already in" (with at, door); "refunded"; "other event"; "not
 * genuine"; "unknown": nobody can tell until the list is got again. early: genuine, but
 * not on the list, so it was sold after the list was got.
 */
export function decide({ found, signature, listing, pass, admission, fresh }) {
  if (!found || signature === "bad") return { outcome: "not genuine" };
  if (found.code && found.event !== listing) return { outcome: "other event" };
  if (pass) return decideKnown(pass, admission);
  if (signature === "good") return decideEarly(found, admission);
  if (!fresh) return { outcome: "unknown" };
  return { outcome: found.code ? "not genuine" : "other event" };
}

function decideKnown({ unit, status, admittedAt, door }, admission) {
  if (status === "refunded") return { outcome: "refunded", unit };
  if (status === "admitted") {
    return { outcome: "already in", unit, at: admittedAt, door };
  }
  return decideByAdmission(unit, admission) ?? { outcome: "welcome", unit };
}

function decideEarly({ unit }, admission) {
  const early = { outcome: "welcome", unit, early: true };
  return decideByAdmission(unit, admission) ?? early;
}

function decideByAdmission(unit, admission) {
  return admission && { outcome: "already in", unit, ...admission };
}
