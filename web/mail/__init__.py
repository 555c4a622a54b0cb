"""Letters to buyers: what they say, and how they get there."""
