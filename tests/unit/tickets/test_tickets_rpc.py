"""The tickets service as other services call it."""

import pytest
from unit_doubles import ANN, BOB, NO_IDS, NOWHERE

from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    NotFoundError,
    NotOwnerError,
)


@pytest.fixture
def ticket(shop):
    return shop.rpc.create_ticket(ANN, "Row 3", 19.5)


def test_a_ticket_is_listed_shown_and_found(shop, ticket):
    assert ticket["userId"] == ANN
    assert shop.rpc.get_ticket(ticket["id"]) == ticket | {"layout": "1"}
    assert shop.rpc.list_tickets() == [ticket]
    assert shop.rpc.list_tickets(limit=1, after=ticket["id"]) == []
    assert shop.rpc.list_tickets(order="desc") == [ticket]


def test_some_tickets_are_found_by_their_ids(shop, ticket):
    wanted = [NOWHERE, ticket["id"], *NO_IDS[:1], ticket["id"]]
    assert shop.rpc.find_tickets(wanted) == [ticket]
    assert shop.rpc.find_tickets([]) == []


@pytest.mark.parametrize("bad", ["x", None, [None], [{"$ne": None}]])
def test_only_a_list_of_ids_names_tickets(shop, bad):
    with pytest.raises(NotFoundError):
        shop.rpc.find_tickets(bad)


def test_a_ticket_is_edited_for_its_seller_alone(shop, ticket):
    edited = shop.rpc.update_ticket(ticket["id"], ANN, "Row 4", 5)
    assert (edited["title"], edited["price"], edited["version"]) == ("Row 4", 5, 1)
    with pytest.raises(NotOwnerError):
        shop.rpc.update_ticket(ticket["id"], BOB, "Row 5", 5)


def test_what_is_listed_twice_with_one_id_is_listed_once(shop):
    listed = [shop.rpc.create_ticket(ANN, "Row 3", 5, id=NOWHERE) for _ in range(2)]
    assert listed[0]["id"] == NOWHERE
    assert shop.rpc.list_tickets() == listed[:1] == listed[1:]


def test_the_id_of_another_listing_names_no_new_one(shop, ticket):
    """Neither another person's nor, with other words, one's own."""
    for seller, title in ((BOB, "Row 3"), (ANN, "Row 4")):
        listed = shop.rpc.create_ticket(seller, title, 19.5, id=ticket["id"])
        assert listed["id"] != ticket["id"]
        assert (listed["userId"], listed["title"]) == (seller, title)
    assert shop.rpc.get_ticket(ticket["id"]) == ticket | {"layout": "1"}


@pytest.mark.parametrize("ticket_id", NO_IDS)
def test_what_is_no_id_names_no_listing(shop, ticket_id):
    with pytest.raises(NotFoundError):
        shop.rpc.create_ticket(ANN, "Row 3", 5, id=ticket_id)


def test_inputs_are_checked_as_over_http(shop, ticket):
    for call in (
        lambda: shop.rpc.create_ticket(ANN, "", -1),
        lambda: shop.rpc.update_ticket(ticket["id"], ANN, "", -1),
    ):
        with pytest.raises(InvalidInputError) as refused:
            call()
        assert {error["field"] for error in refused.value.errors} == {"title", "price"}
    with pytest.raises(InvalidInputError):
        shop.rpc.list_tickets(limit=0)


@pytest.mark.parametrize("ticket_id", [NOWHERE, *NO_IDS])
def test_a_ticket_that_is_not_there_is_not_found(shop, ticket_id):
    with pytest.raises(NotFoundError):
        shop.rpc.get_ticket(ticket_id)
    with pytest.raises(NotFoundError):
        shop.rpc.update_ticket(ticket_id, ANN, "x", 1)


@pytest.mark.parametrize("user_id", NO_IDS)
def test_a_ticket_belongs_to_somebody(shop, user_id):
    with pytest.raises(NotFoundError):
        shop.rpc.create_ticket(user_id, "Row 3", 1)


def test_what_is_offered_by_rpc_has_the_names_of_the_http_api_when_it_is_wrong(shop):
    with pytest.raises(InvalidInputError) as refused:
        shop.rpc.create_ticket(ANN, "Row 3", 5, max_per_order=0, on_sale_at="soon")
    assert {each["field"] for each in refused.value.errors} == {
        "maxPerOrder",
        "onSaleAt",
    }


def test_an_argument_that_is_mistyped_is_refused(shop):
    with pytest.raises(BadRequestError, match="Unknown: quantitty"):
        shop.rpc.create_ticket(ANN, "Row 3", 5, quantitty=3)
