// Looks whether an order has moved on, and shows its page anew when it has.

const watched = document.querySelector("[data-watch]");
const { watch, page, status } = watched.dataset;
// Other things than the order's status change, too: look at all of them now and then.
const LOOKS = 5;

async function hasMovedOn() {
  try {
    const response = await fetch(watch, { headers: { Accept: "application/json" } });
    if (response.status >= 500) return false;
    return !response.ok || (await response.json()).status !== status;
  } catch {
    return false;
  }
}

async function follow() {
  for (let look = 1; look <= LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, look * 500));
    if (await hasMovedOn()) break;
  }
  location.replace(page);
}

follow();
