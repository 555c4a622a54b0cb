"""Holds that end on time."""
