"""Whether the money at Stripe, in payments and in orders is the same."""
