"""Money, by way of Stripe."""
