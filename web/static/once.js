// Sends a form once: another click while it is on its way does nothing.

// Whoever stopped the page from loading can send it again after so long.
const PATIENCE = 10_000;

function release(form) {
  form.removeAttribute("aria-busy");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  // A script sends it in its own way.
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.hasAttribute("aria-busy")) {
    event.preventDefault();
    // Other scripts of the page have heard of the first one.
    event.stopImmediatePropagation();
    return;
  }
  form.setAttribute("aria-busy", "true");
  setTimeout(release, PATIENCE, form);
});
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) document.querySelectorAll("form[aria-busy]").forEach(release);
});
