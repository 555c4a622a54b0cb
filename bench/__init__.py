"""Figures, measured: each module is a program."""
