// Forgets what the door keeps here when somebody signs out, here or everywhere.

import { sayOf } from "./words.js";

const LEAVE = 'form[action$="/signout"]';

async function leave(event) {
  event.preventDefault();
  const form = event.target;
  // Whatever goes wrong here, people can sign out.
  const stays = await forget().catch(() => false);
  if (stays) return;
  window.addEventListener("pageshow", lookAgain);
  form.submit();
}

// The button Back brings this page as it was: it is not for whoever comes next.
function lookAgain({ persisted }) {
  if (persisted) location.reload();
}

/** Returns whether somebody rather stays than lose scans. */
async function forget() {
  const [{ forgetPages }, { openStore }] = await Promise.all([
    import("./door-offline.js"),
    import("./door-store.js"),
  ]);
  const store = await openStore();
  if (!mayForget(await store.countAllWaiting())) return true;
  await Promise.all([store.clear(), forgetPages()]);
  return false;
}

function mayForget(waiting) {
  return waiting === 0 || confirm(sayOf("unsent", waiting, { number: waiting }));
}

for (const form of document.querySelectorAll(LEAVE)) {
  form.addEventListener("submit", leave);
}
