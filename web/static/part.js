// Takes a part of a page anew from the shop; the rest stays, and so does what was typed.

export async function renew(page, selector) {
  const html = await fetch(page, { headers: { Accept: "text/html" } }).then(
    (response) => (response.ok ? response.text() : ""),
    () => "",
  );
  const found = new DOMParser().parseFromString(html, "text/html");
  const part = found.querySelector(selector);
  const shown = document.querySelector(selector);
  if (!part || !shown || part.innerHTML === shown.innerHTML) return false;
  // A script that comes this way would not run.
  if (part.querySelector("script")) location.replace(page);
  else replace(shown, part);
  return true;
}

function replace(shown, part) {
  for (const field of shown.querySelectorAll("select, input:not([type=hidden])")) {
    const next = part.querySelector(`[name="${field.name}"]`);
    if (next) keep(field, next);
  }
  const focus = focusIn(shown);
  shown.replaceChildren(...part.childNodes);
  if (focus) (shown.querySelector(focus) ?? document.querySelector("#main")).focus();
}

function keep(field, next) {
  const { value } = next;
  next.value = field.value;
  // Fewer are left than were chosen.
  if (next.value !== field.value) next.value = value;
}

function focusIn(shown) {
  const { name, tagName } = document.activeElement;
  if (!shown.contains(document.activeElement)) return "";
  return name ? `[name="${name}"]` : tagName.toLowerCase();
}
