"""Backups of all that is true, and what is made of them after a disaster."""
