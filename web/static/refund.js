// Says how much goes back for the tickets that are ticked.

const line = document.querySelector(".refund-sum");
const boxes = [...document.querySelectorAll("input[name=unit]")];
const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });

function tell() {
  const ticked = boxes.filter((box) => box.checked).length;
  const sum = dollars.format((ticked * line.dataset.cents) / 100);
  line.querySelector("strong").textContent = sum;
}

for (const box of boxes) box.addEventListener("change", tell);
tell();
line.hidden = false;
