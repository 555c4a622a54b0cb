"""The books: sums, what does not fit, the ledger, and comparing with Stripe."""

import pytest
from web_books_house import BOSS, OPERATED, BooksHouse
from web_markup import told

from payments.books.findings import Finding, Kind
from ticketing.ids import new_id
from web import books
from web.pages.books import ROWS


@pytest.fixture
def world(make_shop):
    return make_shop(OPERATED)


@pytest.fixture
def house(world):
    return BooksHouse(world)


@pytest.fixture
def boss(world, house):
    return world.visitor(BOSS)


def read(boss, path="/operator"):
    answer = boss.get(path)
    assert answer.status_code == 200
    return told(answer)


def test_empty_books_say_so(boss):
    words = read(boss)
    assert "Nothing was charged yet." in words
    assert "Everything that was charged fits an order." in words
    assert "No payments yet." in words
    assert "Differs" not in words


def test_what_balances_is_told_with_its_sums(boss, house):
    house.add_sum("usd", 123_450, refunded=2000)
    words = read(boss)
    assert (
        "USD Balanced Charged $1,234.50 Refunded $20.00 Kept $1,214.50 "
        "Complete orders $1,214.50 What is" in words
    )
    assert "Difference" not in words


@pytest.mark.parametrize(
    ("orders", "difference"), [(3000, "$20.00"), (7000, "-$20.00")]
)
def test_what_differs_is_told_with_how_much(boss, house, orders, difference):
    house.add_sum("usd", 5000, orders=orders)
    words = read(boss)
    assert "USD Differs" in words
    assert f"Difference {difference}" in words
    assert "Balanced" not in words


def test_each_currency_is_by_itself(boss, house):
    """Yen have no smaller unit."""
    house.add_sum("eur", 1950)
    house.add_sum("jpy", 120_000, refunded=1200, orders=118_000)
    house.add_sum("usd", 30)
    words = read(boss)
    assert "EUR Balanced Charged €19.50 Refunded €0.00" in words
    assert "JPY Differs Charged ¥120,000 Refunded ¥1,200 Kept ¥118,800" in words
    assert "Complete orders ¥118,000 Difference ¥800 " in words
    assert "USD Balanced Charged $0.30" in words


def test_the_ledger_has_a_line_for_each_order(boss, house):
    first, second, third = (new_id() for _ in range(3))
    house.add(first, charged=1200, currency="jpy")
    house.add(second, charged=2000, refunded=500, worth=2000)
    house.add(third, 0, state="cancelled", order=None)
    page = boss.get("/operator")
    words, html = told(page), page.get_data(as_text=True)
    assert words.index(third) < words.index(second) < words.index(first)
    assert f"¥1,200 ¥0 paid complete Refund order {first}" in words
    assert f"$20.00 $5.00 paid complete Differs Refund order {second}" in words
    assert "$0.00 $0.00 cancelled not there" in words
    assert f"/operator/orders/{first}/refund" in html
    assert f"/operator/orders/{third}/refund" not in html


@pytest.mark.parametrize("state", ["refunding", "refunded", "processing", "cancelled"])
def test_only_what_is_paid_can_be_refunded(boss, house, state):
    house.add(new_id(), state=state)
    assert "/refund" not in boss.read("/operator")


def test_a_payment_without_an_order_is_refunded_elsewhere(boss, house):
    """There is nothing here to refund it by."""
    house.add(new_id(), order=None, worth=0)
    words = read(boss)
    assert "paid not there Differs" in words
    assert "Refund order" not in words


def test_long_books_have_pages(boss, house):
    ids = [new_id() for _ in range(ROWS + 1)]
    for order_id in ids:
        house.add(order_id)
    page = boss.read("/operator")
    assert page.count('<th scope="row">') == ROWS
    assert ids[0] not in page
    older = f"/operator?after={ids[1]}"
    assert f'<a rel="next" href="{older}">Older payments</a>' in page
    assert "Newest payments" not in page
    words = read(boss, older)
    assert ids[0] in words
    assert "Newest payments" in words
    assert "Older payments" not in words
    assert "That was the last of them." in read(boss, f"/operator?after={ids[0]}")


def test_a_full_page_that_is_the_last_leads_nowhere(boss, house):
    for _ in range(ROWS):
        house.add(new_id())
    assert "pager" not in boss.read("/operator")


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_finding_says_what_to_do(boss, house, kind):
    """A new kind needs a meaning in ``web.books``."""
    house.find(kind.value, ref="pi_1", detail="2000 usd & more")
    assert kind.value in books.MEANINGS
    words = read(boss)
    title = kind.value[0].upper() + kind.value[1:]
    assert f"{title} 2000 usd &amp; more, since" in words
    assert books.MEANINGS[kind.value].replace("'", "&#39;") in words
    assert f"I have dealt with it : {title}, pi_1" in words


def test_a_finding_is_told_in_the_language_of_its_reader(boss, house, world):
    house.find("unknown order", detail="1500.00 USD: nobody here has ordered it")
    world.language = "de"
    told = boss.read("/operator").replace("&nbsp;", "\xa0")
    assert "1.500,00\xa0$: Das hat hier niemand bestellt" in told


def test_no_meaning_is_left_over():
    assert set(books.MEANINGS) == {kind.value for kind in Kind}


def test_a_finding_looks_as_payments_tells_it(house):
    told_by_payments = Finding(Kind.DISPUTED, "ch_1", "won", "5e").json_dict()
    house.find("disputed", ref="ch_1", since=None)
    assert house.found[0].keys() == told_by_payments.keys()
    assert house.found[0]["id"] == told_by_payments["id"]


@pytest.mark.parametrize("kind", Kind)
def test_a_finding_names_its_order_and_its_payment(boss, house, kind):
    """What is refunded here has a link to where; the rest is done at Stripe."""
    house.find(kind.value, ref="pi_1", order_id="5e" * 12)
    here = kind in {Kind.NOT_DELIVERED, Kind.REFUNDED_ELSEWHERE}
    words = read(boss)
    assert f"Order {'5e' * 12} Stripe pi_1 I have dealt" in words
    assert (f"/operator/orders/{'5e' * 12}/refund" in boss.read("/operator")) == here


def test_what_is_not_known_of_a_finding_is_left_out(boss, house):
    house.find("paid, not delivered", ref="5e" * 12, order_id="5e" * 12)
    house.find("disputed", ref="ch_1", order_id=None)
    words = read(boss)
    assert f"Order {'5e' * 12} I have dealt" in words
    assert "Answer at Stripe. Stripe ch_1 I have dealt" in words


def test_a_finding_without_its_time_is_shown(boss, house):
    house.find("disputed", since=None)
    words = read(boss)
    assert "Disputed 2000 usd The buyer" in words


def test_what_is_dealt_with_goes(boss, house):
    house.find("paid twice", "pi_1")
    house.find("paid twice", "pi_2")
    answer = boss.post("/operator/dismiss", {"finding": "paid twice:pi_1"})
    assert answer.headers["Location"] == "/operator"
    words = read(boss)
    assert "pi_1" not in words
    assert "pi_2" in words


@pytest.mark.parametrize("form", [{}, {"finding": "paid twice:pi_9"}])
def test_what_somebody_else_has_dealt_with_is_gone(boss, house, form):
    """A second click, or another operator's, needs no words."""
    house.find("paid twice", "pi_1")
    assert boss.post("/operator/dismiss", form).headers["Location"] == "/operator"
    assert len(house.found) == 1


@pytest.mark.parametrize(
    ("repaired", "words"),
    [
        ([], "Compared with Stripe just now: there was nothing to mend."),
        ([{"orderId": "5e", "what": "now paid"}], "mended what differed"),
    ],
)
def test_comparing_says_what_it_has_done(boss, house, repaired, words):
    house.report = house.report | {"repaired": repaired}
    answer = boss.post("/operator/reconcile")
    assert answer.status_code == 303
    assert house.compared == 1
    assert words in read(boss, answer.headers["Location"])


def test_comparing_while_stripe_is_away_says_that_it_goes_on(world, boss):
    world.payments.away = True
    answer = boss.post("/operator/reconcile")
    world.payments.away = False
    assert "It is tried again every minute" in read(boss, answer.headers["Location"])


def test_while_payments_are_away_there_are_no_books(world, boss):
    world.payments.away = True
    for answer in (
        boss.get("/operator"),
        boss.post("/operator/dismiss", {"finding": "paid twice:5e"}),
    ):
        assert answer.status_code == 503
        assert answer.headers["Retry-After"]
        told(answer)


def test_only_known_notes_are_shown(boss):
    assert "<script>" not in boss.read("/operator?note=%3Cscript%3E")
    assert 'role="status"' not in boss.read("/operator?note=something")
