"""Listings are found by what people ask for, over HTTP and RPC."""

from tickets_offers import EVENT, sell
from unit_doubles import ORDER

from tickets import models
from tickets.models import Share


def found(shop, query):
    return [each["title"] for each in shop.site.get(f"/api/tickets?{query}").json]


def test_listings_are_found_by_words_dates_and_what_is_left(shop):
    sell(shop, title="Jazz night", event=EVENT | {"venue": "Old Mill"})
    sell(shop, title="Jazz brunch", onSaleAt="2026-03-01T10:00:00Z")
    taken = sell(shop, title="Rock")
    heard = {ORDER: Share(0, 1)}
    shop.tickets.change(taken["id"], lambda t: models.follow(t, heard, {}))
    assert found(shop, "") == ["Jazz night"]
    assert found(shop, "availability=upcoming") == ["Jazz brunch"]
    assert found(shop, "availability=all") == ["Jazz night", "Jazz brunch", "Rock"]
    assert found(shop, "text=mill%20JAZ") == ["Jazz night"]
    assert found(shop, "text=jazz%20rock&availability=all") == []
    assert found(shop, "from=2026-06-01&to=2026-06-01") == ["Jazz night"]
    assert found(shop, "to=2026-05-31&availability=all") == []


def test_an_event_that_has_begun_is_not_listed_as_for_sale(shop):
    sell(shop, event=EVENT)
    shop.clock.advance(days=200)
    assert found(shop, "") == []
    assert found(shop, "availability=all") == ["Gala"]


def test_a_search_that_makes_no_sense_is_refused(shop):
    query = f"text={'x' * 101}&from=soon&to=never&availability=maybe"
    answer = shop.site.get(f"/api/tickets?{query}")
    assert answer.fields == {"text", "from", "to", "availability"}
    for query, fields in {
        "currency=xxx": {"currency"},
        "minPrice=5": {"currency"},
        "currency=usd&minPrice=free&maxPrice=-1": {"minPrice", "maxPrice"},
        "currency=jpy&maxPrice=0.5": {"maxPrice"},
        "sort=price": {"sort"},
        "currency=xxx&minPrice=5&sort=": {"currency", "minPrice"},
    }.items():
        answer = shop.site.get(f"/api/tickets?{query}")
        assert (answer.status, answer.fields) == (400, fields)


def test_listings_are_found_by_price_and_come_in_the_order_of_their_events(shop):
    """By HTTP and by RPC alike."""
    late = EVENT | {"startsAt": "2026-09-01T18:00:00Z"}
    sell(shop, title="Late", price=30, event=late)
    sell(shop, title="Early", price=20, event=EVENT)
    sell(shop, title="Plain", price=20)
    assert found(shop, "sort=event") == ["Early", "Late"]
    assert found(shop, "currency=usd&maxPrice=20") == ["Early", "Plain"]
    assert found(shop, "currency=eur") == []
    listed = shop.rpc.list_tickets(currency="usd", min_price="20.01", sort="event")
    assert [each["title"] for each in listed] == ["Late"]
