"""Who holds and who owns what."""
