"""Fills a running shop with events, buyers and sales, and takes its pictures."""
