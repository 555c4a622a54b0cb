"""Starts Ticketing on one machine: servers first, then the services."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
