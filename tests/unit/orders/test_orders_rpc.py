"""The orders service as other services call it."""

import pytest
from unit_doubles import BOB, EVE, NO_IDS, NOWHERE

from ticketing.errors import (
    BadRequestError,
    InvalidInputError,
    NotFoundError,
    NotOwnerError,
)


@pytest.fixture
def order(desk):
    return desk.rpc.create_order(BOB, desk.ticket)


def test_an_order_is_made_shown_and_listed(desk, order):
    assert order["status"] == "created"
    assert "reason" not in order
    assert desk.rpc.get_order(order["id"]) == order
    assert desk.rpc.list_orders(BOB) == [order]
    assert desk.rpc.list_orders(EVE) == []
    assert desk.rpc.list_orders(BOB, after=order["id"]) == []
    assert desk.rpc.list_orders(BOB, limit=1, order="desc") == [order]


@pytest.mark.parametrize("language", ["de", "pt-BR", "zh-Hant-TW"])
def test_an_order_knows_the_language_of_its_buyer(desk, language):
    order = desk.rpc.create_order(BOB, desk.ticket, language=language)
    assert desk.rpc.get_order(order["id"])["language"] == language
    assert desk.rpc.cancel_order(order["id"])["language"] == language


@pytest.mark.parametrize("language", ["", "german", "de_DE", "de\n", "d", "x" * 36, 7])
def test_what_is_no_language_is_refused_and_nothing_is_held(desk, language):
    with pytest.raises(InvalidInputError) as caught:
        desk.rpc.create_order(BOB, desk.ticket, language=language)
    assert [problem["field"] for problem in caught.value.errors] == ["language"]
    assert desk.rpc.list_orders(BOB) == []


@pytest.mark.parametrize("key", ["x" * 256, "\0", "a\nb", 7, ["x"], {"$gt": ""}])
def test_what_is_no_key_is_refused_and_nothing_is_held(desk, key):
    """It is kept with the order: a page's form must not send a megabyte of it."""
    with pytest.raises(BadRequestError):
        desk.rpc.create_order(BOB, desk.ticket, key=key)
    assert desk.rpc.list_orders(BOB) == []
    assert desk.rpc.create_order(BOB, desk.ticket, key="x" * 255)


def test_a_reserved_ticket_is_refused(desk, order):
    with pytest.raises(BadRequestError, match="Ticket is already reserved"):
        desk.rpc.create_order(EVE, desk.ticket)


@pytest.mark.parametrize("bad", NO_IDS)
def test_an_order_has_a_buyer_and_a_ticket(desk, bad):
    with pytest.raises(NotFoundError):
        desk.rpc.create_order(bad, desk.ticket)
    with pytest.raises(NotFoundError):
        desk.rpc.create_order(BOB, bad)


@pytest.mark.parametrize("order_id", [NOWHERE, *NO_IDS])
def test_an_order_that_is_not_there_is_not_found(desk, order_id):
    for call in (desk.rpc.get_order, desk.rpc.cancel_order):
        with pytest.raises(NotFoundError):
            call(order_id)
    with pytest.raises(NotFoundError):
        desk.rpc.cancel_order(order_id, BOB)


def test_a_cancelled_order_says_why(desk, order):
    cancelled = desk.rpc.cancel_order(order["id"])
    assert cancelled["status"] == "cancelled"
    assert cancelled["reason"] == "cancelled by the buyer"
    assert desk.rpc.get_order(order["id"]) == cancelled


def test_an_order_is_cancelled_for_its_buyer_alone(desk, order):
    with pytest.raises(NotOwnerError):
        desk.rpc.cancel_order(order["id"], EVE)
    assert desk.rpc.cancel_order(order["id"], BOB)["status"] == "cancelled"


def test_a_complete_order_is_not_cancelled(desk, order):
    desk.complete(order["id"])
    with pytest.raises(BadRequestError, match="complete"):
        desk.rpc.cancel_order(order["id"])


def test_orders_whose_hold_is_running_are_listed_page_by_page(desk, order):
    second = desk.rpc.create_order(BOB, desk.sell())
    done = desk.rpc.create_order(BOB, desk.sell())
    desk.rpc.cancel_order(done["id"])
    assert desk.rpc.list_unpaid() == [order, second]
    assert desk.rpc.list_unpaid(1, order["id"]) == [second]
    with pytest.raises(InvalidInputError):
        desk.rpc.list_unpaid(limit=0)
