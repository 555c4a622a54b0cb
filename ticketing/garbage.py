"""How often a process looks for garbage that refers to itself.

What a process has when it is ready stays until it ends: a hundred thousand objects of
libraries, words and fonts, which Python would go through again and again while people
buy. They are set aside, and what comes after is looked through less often.
"""

import gc

# New objects until the youngest are looked through, and how many such looks until the
# older ones are. What does not refer to itself goes at once and needs none of it.
THRESHOLDS = 10_000, 20, 50


def set_aside() -> None:
    """Let the collector forget what there is now; may be done again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
