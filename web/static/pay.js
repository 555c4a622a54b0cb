// Shows Stripe's Payment Element and pays with it: https://docs.stripe.com/payments
//
// The PaymentIntent is made when somebody sees this page; what comes of it the shop asks
// Stripe itself, so that nothing is lost if this page goes away in the middle.

import { lang, say } from "./words.js";

const form = document.querySelector("#pay");
const { order, key, back } = form.dataset;
const button = form.querySelector("button");
const problem = form.querySelector("[role=alert]");
const card = form.querySelector("#payment-element");

function tell(message) {
  problem.textContent = message;
  problem.hidden = !message;
}

async function clientSecret() {
  const response = await fetch("/api/payments/intent", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ orderId: order }),
  }).catch(() => {
    throw new Error(say("away"));
  });
  const answer = await response.json();
  // The API speaks English.
  const reason = answer.errors?.[0].message;
  const words = lang === "en" ? say("refused", { reason }) : say("unable");
  if (!response.ok) throw new Error(words);
  return answer.clientSecret;
}

async function show() {
  if (!window.Stripe) throw new Error(say("blocked"));
  const stripe = window.Stripe(key, { locale: lang });
  const elements = stripe.elements({ clientSecret: await clientSecret() });
  elements.create("payment").mount(`#${card.id}`);
  return { stripe, elements };
}

async function confirm() {
  const { stripe, elements } = await shown;
  const confirmParams = { return_url: new URL(back, location.href).href };
  const { error } = await stripe.confirmPayment({
    elements,
    confirmParams,
    redirect: "if_required",
  });
  return error;
}

async function pay(event) {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  tell("");
  const error = await confirm().catch((thrown) => thrown);
  // After what it cannot be confirmed in any more, the shop knows more than this page.
  if (!error || error.code === "payment_intent_unexpected_state") {
    return location.replace(back);
  }
  button.disabled = false;
  tell(error.message);
}

const shown = show();
shown.then(
  () => {
    button.disabled = false;
    form.addEventListener("submit", pay);
  },
  (error) => {
    card.hidden = true;
    tell(error.message);
  },
);
