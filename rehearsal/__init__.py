"""The rehearsal of an on-sale: many buyers at once, and what became of all of them."""
