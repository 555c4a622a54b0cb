"""Payments that are changed after they were made, and found by their metadata."""

import pytest
import stripe

USD = {"amount": 1500, "currency": "usd"}


def test_metadata_is_changed_key_by_key(client):
    """Named ones are set, empty ones go, the rest stays; an empty string clears all."""
    intent = client.payment_intents.create(USD | {"metadata": {"a": "1", "b": "2"}})
    change = {"metadata": {"a": "", "c": "3"}, "description": "Two seats"}
    updated = client.payment_intents.update(intent.id, change)
    assert updated.metadata.to_dict() == {"b": "2", "c": "3"}
    assert updated.description == "Two seats"
    assert client.payment_intents.retrieve(intent.id) == updated
    cleared = client.payment_intents.update(intent.id, {"metadata": ""})
    assert cleared.metadata.to_dict() == {}


def test_metadata_has_at_most_fifty_keys_in_all(client):
    """What is there counts, what goes does not."""
    full = {str(n): "x" for n in range(50)}
    intent = client.payment_intents.create(USD | {"metadata": full})
    with pytest.raises(stripe.InvalidRequestError, match="at most 50 keys"):
        client.payment_intents.update(intent.id, {"metadata": {"one": "more"}})
    swap = {"metadata": {"0": "", "one": "more"}}
    swapped = client.payment_intents.update(intent.id, swap)
    assert len(swapped.metadata.to_dict()) == 50


def test_the_price_may_change_until_the_payment_is_under_way(client, pay):
    """With the limits of a new one; metadata may change for ever."""
    intent = client.payment_intents.create(USD)
    change = {"amount": 700, "currency": "eur"}
    updated = client.payment_intents.update(intent.id, change)
    assert (updated.amount, updated.currency) == (700, "eur")
    assert updated.payment_method_types == ["card"]
    back = client.payment_intents.update(intent.id, {"currency": "usd"})
    assert back.payment_method_types == ["card", "us_bank_account"]
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.payment_intents.update(intent.id, {"amount": 49})
    assert refused.value.code == "amount_too_small"
    for late in (pay(), pay("tok_authenticationRequired")):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.payment_intents.update(late.id, {"amount": 100})
        assert refused.value.code == "payment_intent_unexpected_state"
        assert client.payment_intents.retrieve(late.id).amount == 1500
        noted = client.payment_intents.update(late.id, {"metadata": {"a": "b"}})
        assert noted.metadata.to_dict() == {"a": "b"}


def search(client, query, **more):
    return client.payment_intents.search({"query": query} | more)


def test_payments_are_found_by_one_pair_of_metadata(client):
    """Exactly that pair, newest first, page by page."""
    made = [
        client.payment_intents.create(USD | {"metadata": {"order_id": "o-77", "n": n}})
        for n in range(3)
    ]
    for other in ({"order_id": "o-7"}, {"order_id": "o-777"}, {"order": "o-77"}):
        client.payment_intents.create(USD | {"metadata": other})
    query = "metadata['order_id']:'o-77'"
    found = search(client, query)
    assert [intent.id for intent in found.data] == [i.id for i in reversed(made)]
    assert (found.object, found.url) == ("search_result", "/v1/payment_intents/search")
    assert (found.has_more, found.next_page) == (False, None)
    first = search(client, query, limit=2)
    assert (len(first.data), first.has_more) == (2, True)
    rest = search(client, query, limit=2, page=first.next_page)
    assert [intent.id for intent in rest.data] == [made[0].id]
    client.payment_intents.update(made[0].id, {"metadata": {"order_id": "o-8"}})
    assert len(search(client, query).data) == 2
    assert search(client, "metadata['order_id']:'nothing'").data == []


@pytest.mark.parametrize("value", ["it's", 'a "word"', "50%", "a\\b", "ü€", "x':'y"])
def test_any_value_can_be_searched_for(client, value):
    """With quotes of either kind, escaped where they would end it."""
    intent = client.payment_intents.create(USD | {"metadata": {"odd": value}})
    slashed = value.replace("\\", "\\\\")
    for quote in ("'", '"'):
        escaped = slashed.replace(quote, "\\" + quote)
        query = f"metadata[{quote}odd{quote}]:{quote}{escaped}{quote}"
        assert intent.id in [found.id for found in search(client, query).data]


@pytest.mark.parametrize(
    "query",
    [
        "status:'succeeded'",
        "metadata['a']:'b' AND metadata['c']:'d'",
        "metadata['a']:b",
        "-metadata['a']:'b'",
        "metadata['a']~'b'",
        "metadata['a']:'b",
    ],
)
def test_other_queries_are_refused(client, query):
    """Rather than answered with too much or too little."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        search(client, query)
    assert refused.value.param == "query"


def test_a_search_needs_a_query(raw):
    """400 without one."""
    error = raw.get("/v1/payment_intents/search").json()["error"]
    assert (error["code"], error["param"]) == ("parameter_missing", "query")
