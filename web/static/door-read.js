// Reads what was scanned, pasted or typed: the signed code of a pass or its short one.

const SIGNED = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const SHORT = /^[0-9A-HJKMNP-TV-Z]{12}$/;
const ALIKE = { O: "0", I: "1", L: "1" };

/**
 * Returns what a text names: {id} for a short code; {id, event, unit, kid, code} for a
 * signed one, whose signature is not checked yet; null for any other text.
 */
export function read(text) {
  return signed(text.trim()) ?? short(text);
}

/**
 * Checks the signature of a signed code with public keys (JWKs): "good", "bad", or
 * "unchecked" where this browser or these keys cannot tell.
 */
export async function check({ kid, code }, keys) {
  const key = await imported(keys.find((each) => each.kid === kid));
  if (!key) return "unchecked";
  const end = code.lastIndexOf(".");
  const said = new TextEncoder().encode(code.slice(0, end));
  const signature = bytes(code.slice(end + 1));
  const good = await crypto.subtle.verify("Ed25519", key, signature, said);
  return good ? "good" : "bad";
}

function short(text) {
  const id = text
    .toUpperCase()
    .replace(/[\s-]/g, "")
    .replace(/[OIL]/g, (letter) => ALIKE[letter]);
  return SHORT.test(id) ? { id } : null;
}

function signed(code) {
  const [, header, claims] = SIGNED.exec(code) ?? [];
  try {
    const { alg, kid } = json(header);
    const { event, unit, pass: id } = json(claims);
    bytes(code.slice(code.lastIndexOf(".") + 1));
    const isPass = alg === "EdDSA" && SHORT.test(id) && typeof event === "string";
    return isPass ? { id, event, unit: String(unit), kid, code } : null;
  } catch {
    return null;
  }
}

// Browsers without Ed25519, and all of them on pages without https, have no such key.
async function imported(jwk) {
  try {
    const { kty, crv, x } = jwk;
    return await crypto.subtle.importKey("jwk", { kty, crv, x }, "Ed25519", false, [
      "verify",
    ]);
  } catch {
    return null;
  }
}

function json(part) {
  return JSON.parse(new TextDecoder().decode(bytes(part)));
}

function bytes(base64url) {
  const base64 = base64url.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
