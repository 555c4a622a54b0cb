// Says how much goes back for the tickets that are ticked.

import { moneyIn } from "./money.js";

const line = document.querySelector(".refund-sum");
const boxes = [...document.querySelectorAll("input[name=unit]")];
const money = moneyIn(line.dataset.currency);

function tell() {
  const ticked = boxes.filter((box) => box.checked).length;
  const sum = money(ticked * line.dataset.price);
  line.querySelector("strong").textContent = sum;
}

for (const box of boxes) box.addEventListener("change", tell);
tell();
line.hidden = false;
