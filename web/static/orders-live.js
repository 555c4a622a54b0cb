// Keeps a list of orders as they are now: those that are still to be paid may change.

import { on } from "./live.js";
import { renew } from "./part.js";

const LIST = "#orders";

const shown = (id) => document.querySelector(`${LIST} [data-order="${id}"]`);

function isNews({ id, version, payment }) {
  return payment || version > Number(shown(id)?.dataset.version);
}

on("order", (order) => {
  if (!order || isNews(order)) renew(location.href, LIST);
});
