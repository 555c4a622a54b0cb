"""The words of the pages in other languages."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_catalogues_have_every_message_and_no_other():
    """What is new or gone in web/ is brought in by scripts/messages."""
    command = [ROOT / "scripts" / "messages", "--check"]
    done = subprocess.run(
        command, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
