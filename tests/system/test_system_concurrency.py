"""People who do several things at the same moment, by accident or not."""

import pytest
from system_books import Books
from system_bus import Bus
from system_control import eventually
from system_people import PASSWORD, at_once, new_email

TIMES = 20


def reserved(system, seller, buyer):
    """An order that payments know of, so that nobody has to be asked about it."""
    order = buyer.reserve(seller.sell())
    copies = system.database("payments")["orders"]
    eventually(lambda: copies.find_one({"_id": order["id"]}))
    return order


def statuses(responses):
    return sorted(response.status_code for response in responses)


def test_an_address_signed_up_many_times_at_once_has_one_account(system, anonymous):
    """One 201, the others are told."""
    account = {"email": new_email(), "password": PASSWORD}
    url = "/api/users/signup"
    answers = at_once(*[lambda: anonymous.post(url, json=account)] * TIMES)
    assert statuses(answers) == [201] + [400] * (TIMES - 1)
    users = system.database("auth")["users"]
    assert users.count_documents({"email": account["email"]}) == 1


def test_edits_at_once_are_all_counted(system, seller):
    """Each accepted edit is one version, told once; the copy ends as the ticket."""
    ticket = seller.sell()

    def edit(number):
        body = {"title": f"Row {number}", "price": number + 1}
        return seller.http.put(f"/api/tickets/{ticket['id']}", json=body)

    answers = at_once(*[lambda n=n: edit(n) for n in range(TIMES)])
    assert set(statuses(answers)) <= {200, 503}
    accepted = [answer.json() for answer in answers if answer.status_code == 200]
    now = seller.ticket(ticket)
    assert {each["version"] for each in accepted} == set(range(1, len(accepted) + 1))
    assert now == max(accepted, key=lambda each: each["version"])
    copies = system.database("orders")["tickets"]
    copied = {"_id": ticket["id"], "version": now["version"], "title": now["title"]}
    eventually(lambda: copies.find_one(copied))

    def told():
        found = Bus(system).messages(ticket["id"])
        return sorted(message.data["version"] for message in found)

    eventually(lambda: len(told()) > len(accepted))
    assert told() == list(range(len(accepted) + 1))


def test_a_double_click_pays_once(system, seller, buyer):
    """The same card again, without a key, while the first answer is awaited."""
    order = reserved(system, seller, buyer)
    answers = at_once(*[lambda: buyer.pay(order)] * TIMES)
    assert 201 in statuses(answers)
    assert set(statuses(answers)) <= {201, 400}
    buyer.until(order, "complete")
    assert len(system.intents(order["id"])) == 1
    assert system.kept(order["id"]) == 2000


def test_two_cards_at_once_pay_once(system, seller, buyer):
    """One of them, and nobody says that the other one was refused by its bank."""
    order = reserved(system, seller, buyer)
    cards = ["tok_visa", "tok_mastercard", "tok_amex", "pm_card_visa"] * 3
    answers = at_once(*[lambda card=card: buyer.pay(order, card) for card in cards])
    assert set(statuses(answers)) <= {201, 400}
    buyer.until(order, "complete")
    assert system.kept(order["id"]) == 2000


@pytest.mark.parametrize("_", range(5))
def test_paid_and_given_up_at_once_ends_in_one_of_both(system, seller, buyer, _):
    """Complete and paid for, or cancelled and nothing kept."""
    ticket = seller.sell()
    order = buyer.reserve(ticket)
    paid, cancelled = at_once(lambda: buyer.pay(order), lambda: buyer.cancel(order))
    assert paid.status_code in {201, 400}
    assert cancelled.status_code in {204, 400}
    payments = system.database("payments")["payments"]

    def settled():
        now = buyer.order(order)["status"]
        kept = system.kept(order["id"])
        open_ = payments.find_one({"orderId": order["id"], "status": "pending"})
        return not open_ and (now, kept) in {("complete", 2000), ("cancelled", 0)}

    eventually(settled)
    if cancelled.status_code == 204:
        seller.until_free(ticket)
    assert settled()


def test_reserved_and_given_up_again_and_again_it_is_free_in_the_end(
    system, seller, buyer, other
):
    """The events of many short orders arrive in any order."""
    ticket = seller.sell()

    def try_it(person):
        answer = person.ask_for(ticket)
        assert answer.status_code in {201, 400}
        if answer.status_code == 201:
            assert person.cancel(answer.json()).status_code == 204

    for _ in range(8):
        at_once(*[lambda p=p: try_it(p) for p in (buyer, other, seller)])
    held = {"ticket.id": ticket["id"], "units": {"$exists": True}}
    assert system.database("orders")["orders"].count_documents(held) == 0
    orders = Books(system).orders(ticket)
    tickets = system.database("tickets")["tickets"]

    def heard():
        shares = tickets.find_one({"_id": ticket["id"]})["recent"]
        known = {order_id: share[0] for order_id, share in shares.items()}
        return known == {key: order["version"] for key, order in orders.items()}

    eventually(heard)
    now = seller.ticket(ticket)
    assert "orderId" not in now
    assert (now["held"], now["sold"], now["available"]) == (0, 0, 1)
    other.buy(ticket)
