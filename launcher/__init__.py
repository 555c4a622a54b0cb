"""Starts Ticketing on one machine: its servers, then its services, in the foreground."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
