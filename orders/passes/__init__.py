"""Passes: what lets the people of a complete order in, and who is in already."""
