"""Backups of all that is true, and what is made of them after a disaster."""

import warnings

# The services' modules bring it along; it is known and pinned.
warnings.filterwarnings("ignore", message=r"\s*Eventlet is deprecated")
