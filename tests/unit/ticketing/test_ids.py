"""Ids: what is one, and that those made later sort later."""

import pytest
from unit_doubles import ANN, NO_IDS

from ticketing.errors import NotFoundError
from ticketing.ids import checked_id, new_id


@pytest.mark.parametrize("value", [*NO_IDS, None, 5, {"$gt": ""}, f"{ANN}\n"])
def test_what_can_be_no_id_is_not_found(value):
    with pytest.raises(NotFoundError):
        checked_id(value)


def test_a_new_id_is_an_id_and_new():
    assert checked_id(new_id()) != new_id()


def test_ids_made_later_sort_later():
    made = [new_id() for _ in range(100)]
    assert sorted(made) == made
