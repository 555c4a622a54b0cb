"""Run by a shell that reads piped commands: its output is what they print, no more."""

import sys

sys.ps1 = sys.ps2 = ""
