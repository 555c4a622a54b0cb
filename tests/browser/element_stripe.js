// A double of Stripe.js: as much of it as the page of an order uses.
//
// https://docs.stripe.com/js/payment_intents/confirm_payment. Its field is in the page
// itself, where Stripe's are in a frame of its own.
"use strict";

(() => {
  const API = "https://api.stripe.com/v1/payment_intents";

  function confirmation(secret, number, returnUrl) {
    return new URLSearchParams({
      client_secret: secret,
      return_url: returnUrl,
      "payment_method_data[type]": "card",
      "payment_method_data[card][number]": number,
      "payment_method_data[card][exp_month]": "12",
      "payment_method_data[card][exp_year]": "2040",
      "payment_method_data[card][cvc]": "123",
    });
  }

  class Elements {
    constructor(secret) {
      this.secret = secret;
    }

    create(kind) {
      if (kind !== "payment") throw new Error(`no such element: ${kind}`);
      return this;
    }

    mount(selector) {
      const label = document.createElement("label");
      this.number = document.createElement("input");
      label.append("Card number ", this.number);
      document.querySelector(selector).append(label);
    }
  }

  async function confirmPayment(key, { elements, confirmParams, redirect }) {
    if (redirect !== "if_required") throw new Error("it would leave the page");
    const { secret, number } = elements;
    if (!number.value) {
      return { error: { type: "validation_error", message: "Your card number is incomplete." } };
    }
    const response = await fetch(`${API}/${secret.split("_secret_")[0]}/confirm`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}` },
      body: confirmation(secret, number.value, confirmParams.return_url),
    });
    const answer = await response.json();
    if (answer.error) return { error: answer.error };
    if (answer.status === "requires_action") {
      location.assign(answer.next_action.redirect_to_url.url);
      return new Promise(() => {});
    }
    return { paymentIntent: answer };
  }

  window.Stripe = (key) => ({
    elements: ({ clientSecret }) => new Elements(clientSecret),
    confirmPayment: (options) => confirmPayment(key, options),
  });
})();
