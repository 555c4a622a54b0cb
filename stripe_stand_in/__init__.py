"""A local stand-in for the part of Stripe's HTTP API that a ticket shop uses.

It keeps state, refuses what Stripe refuses and says so in Stripe's words, so that a
shop can be run and tested without an account. No money moves. Nothing here is called
by the shop's own code: the shop talks HTTP to it through the `stripe` library. What
Stripe keeps in its Dashboard and its command line lies under /stand-in/: pages on which
a customer authenticates a payment, and levers that make things happen or go wrong.

Start it with `python -m stripe_stand_in --help`.
"""
