// Brings back what was typed into a form whose session had ended when it was sent.
//
// The shop leads whoever signs in again to the form, and says so in its address.

const form = document.querySelector("form[data-draft]");
const again = document.querySelector("#typed-again");
const kept = `typed ${location.pathname}`;

// What a form itself brings is as the shop has it now.
const isTyped = ({ name, type }) => name && type !== "hidden";

function keep() {
  const fields = [...form.elements].filter(isTyped);
  const typed = fields.map(({ name, value }) => [name, value]);
  sessionStorage.setItem(kept, JSON.stringify(typed));
}

function bringBack() {
  const typed = JSON.parse(sessionStorage.getItem(kept) ?? "[]");
  for (const [name, value] of typed) {
    const field = form.elements.namedItem(name);
    if (!field || field.value === value) continue;
    field.value = value;
    const details = field.closest("details");
    if (details) details.open = true;
  }
  again.hidden = typed.length === 0;
  // Loaded again, the page is as the shop has it.
  history.replaceState(null, "", location.pathname);
}

// Browsers may keep nothing for a page; then they have it when one goes back.
function attempt(act) {
  try {
    act();
  } catch {
    // The form is as the shop sent it.
  }
}

if (again) attempt(bringBack);
form?.addEventListener("submit", () => attempt(keep));
