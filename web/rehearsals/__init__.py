"""The rehearsals that sellers start by a button: their state, and who runs them."""
