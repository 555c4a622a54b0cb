"""Lists by the page, what is expanded in them, and the events of every change."""

import pytest
import stripe


@pytest.fixture
def made(client):
    """Five intents, oldest first."""
    return [
        client.payment_intents.create({"amount": 100 + n, "currency": "usd"}).id
        for n in range(5)
    ]


def ids(page):
    return [entity.id for entity in page.data]


def test_pages_go_back_in_time_and_forth(client, made):
    """By cursor, newest first, with has_more telling the end."""
    newest = client.payment_intents.list({"limit": 2})
    assert ids(newest) == [made[4], made[3]]
    assert newest.has_more
    older = client.payment_intents.list({"limit": 2, "starting_after": made[3]})
    assert ids(older) == [made[2], made[1]]
    back = client.payment_intents.list({"limit": 3, "ending_before": made[1]})
    assert ids(back) == [made[4], made[3], made[2]]
    assert not back.has_more
    walked = client.payment_intents.list({"limit": 2}).auto_paging_iter()
    assert [next(walked).id for _ in range(5)] == made[::-1]


def test_a_list_can_be_cut_by_time(client, made):
    """The bounds of `created` hold on both sides."""
    created = client.payment_intents.retrieve(made[0]).created
    since = client.payment_intents.list({"created": {"gte": created}, "limit": 100})
    assert set(made) <= set(ids(since))
    before = client.payment_intents.list({"created": {"lt": created}, "limit": 100})
    assert not set(made) & set(ids(before))
    assert made[0] in ids(
        client.payment_intents.list({"created": created, "limit": 100})
    )


def test_a_cursor_has_to_exist_and_a_limit_has_to_fit(client):
    """400 with the parameter's name."""
    for params, param in (
        ({"starting_after": "pi_nothing"}, "starting_after"),
        ({"limit": 0}, "limit"),
        ({"limit": 101}, "limit"),
    ):
        with pytest.raises(stripe.InvalidRequestError) as refused:
            client.payment_intents.list(params)
        assert (refused.value.http_status, refused.value.param) == (400, param)


def test_ids_can_be_expanded(client, pay):
    """In single objects, in lists, over several levels; nothing else."""
    intent = pay()
    refund = client.refunds.create(
        {"payment_intent": intent.id, "expand": ["payment_intent.latest_charge"]}
    )
    assert refund.payment_intent.latest_charge.amount_refunded == 1500
    listed = client.payment_intents.list(
        {"limit": 1, "expand": ["data.latest_charge", "data.payment_method"]}
    ).data[0]
    assert listed.latest_charge.id == intent.latest_charge
    assert listed.payment_method.card.brand == "visa"
    for path in ("customer.name", "latest_charge.nothing", "amount"):
        with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
            client.payment_intents.retrieve(intent.id, {"expand": [path]})


def test_every_change_is_an_event(client, pay):
    """With the object as it was at that moment, by type, and by id."""
    intent = pay()
    client.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.CardError):
        pay("tok_chargeDeclined")
    waiting = pay("tok_authenticationRequired")
    client.payment_intents.cancel(waiting.id)
    happened = client.events.list({"limit": 11}).data
    assert [event.type for event in reversed(happened)] == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_intent.canceled",
    ]
    created, charged, succeeded = reversed(happened[8:11])
    assert created.data.object.status == "requires_confirmation"
    assert charged.data.object.amount_refunded == 0
    assert succeeded.data.object.id == intent.id
    assert client.events.retrieve(succeeded.id) == succeeded
    assert succeeded.pending_webhooks == 0


def test_events_can_be_chosen_by_type(client, pay):
    """One type, several, or a wildcard."""
    pay()

    def types(**params):
        listed = client.events.list(params | {"limit": 100}).data
        return {event.type for event in listed}

    assert types(type="charge.succeeded") == {"charge.succeeded"}
    pair = {"charge.succeeded", "payment_intent.created"}
    assert types(types=sorted(pair)) == pair
    assert all(kind.startswith("charge.") for kind in types(type="charge.*"))
    assert types(type="charge.*")
    assert types(type="[c]harge.succeeded") == set()


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("payment_intents", "payment_intent"),
        ("charges", "charge"),
        ("refunds", "refund"),
        ("events", "event"),
        ("tokens", "token"),
        ("payment_methods", "PaymentMethod"),
    ],
)
def test_what_does_not_exist_is_404(client, service, name):
    """In Stripe's words."""
    with pytest.raises(stripe.InvalidRequestError) as missing:
        getattr(client, service).retrieve("nothing")
    assert (missing.value.http_status, missing.value.code) == (404, "resource_missing")
    assert missing.value.user_message == f"No such {name}: 'nothing'"
