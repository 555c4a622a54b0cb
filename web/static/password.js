// Lets people see the password that they choose.

function offer(button) {
  const field = document.getElementById(button.dataset.shows);
  const show = (shown) => {
    field.type = shown ? "text" : "password";
    button.textContent = shown ? button.dataset.hide : button.dataset.show;
  };
  button.addEventListener("click", () => show(field.type === "password"));
  // Browsers remember what was sent from a field that can be read.
  field.form.addEventListener("submit", () => show(false));
  button.hidden = false;
}

for (const button of document.querySelectorAll("[data-shows]")) offer(button);
