"""Unit tests: no server, no socket beyond this process, no wall clock."""

import pytest
from hypothesis import settings
from unit_doubles import Clock

# Other work shares these cores: how long one example takes says nothing.
settings.register_profile("unit", deadline=None, max_examples=60, derandomize=True)
settings.load_profile("unit")


@pytest.fixture
def clock():
    return Clock()
