"""What Stripe tells those who compare: what it has of an order, and what comes by post.

Kept by Stripe's library against the stand-in of Stripe, and by the double.
"""

import pytest
from contract_gateways import AMOUNT, NEW, OLD, MemoryCards, StripeCards, second

from payments import gateway as gateways
from payments.intents import IntentStatus, Notice
from ticketing.errors import BadRequestError, UnavailableError
from ticketing.ids import new_id


class BooksContract:
    def test_an_intent_is_found_by_its_order(self, gateway, order):
        assert gateway.search(order) is None
        opened = self.open(gateway, order)
        assert gateway.search(order).id == opened.id
        assert gateway.search(new_id()) is None

    def test_of_several_intents_the_paid_one_is_found(self, gateway, order):
        self.open(gateway, order)
        paid = self.charge(gateway, order)
        self.open(gateway, order, number=1)
        found = gateway.search(order)
        assert (found.id, found.status) == (paid.id, IntentStatus.SUCCEEDED)

    def test_the_intents_of_a_time_are_gone_through(self, gateway, order):
        made = [self.open(gateway, order, number).id for number in range(3)]
        made.append(self.charge(gateway, order).id)

        def seen(since, until):
            found = gateway.intents(second(since), second(until))
            return [each.id for each in found if each.sum.order_id == order]

        assert sorted(seen(-30, 30)) == sorted(made)
        assert seen(-60, -30) == seen(30, 60) == []

    def test_an_intent_says_what_of_it_went_back(self, gateway, order):
        paid = self.charge(gateway, order)
        assert gateway.find(paid.id).refunded == 0
        self.refund(gateway, order, paid, amount=700)
        self.give_back(gateway, paid, 250)
        assert gateway.find(paid.id).refunded == 950
        (listed,) = [
            each
            for each in gateway.intents(second(-30), second(30))
            if each.id == paid.id
        ]
        assert listed.refunded == 950

    def test_refunds_are_listed_with_our_numbers(self, gateway, order):
        paid = self.charge(gateway, order)
        assert gateway.refunds(paid.id) == []
        self.refund(gateway, order, paid, number=1, amount=700)
        self.give_back(gateway, paid, 250)
        self.refund(gateway, order, paid, number=2, amount=300)
        listed = {(each.number, each.amount) for each in gateway.refunds(paid.id)}
        assert listed == {(1, 700), (None, 250), (2, 300)}
        assert not any(each.failed for each in gateway.refunds(paid.id))

    def test_what_cannot_be_asked_for_is_unavailable(self, gateway, order):
        with self.lost_answers(gateway):
            for call in (
                lambda: gateway.search(order),
                lambda: gateway.refunds("pi_1"),
                lambda: list(gateway.intents(second(-30), second(30))),
            ):
                with pytest.raises(UnavailableError):
                    call()

    @pytest.mark.parametrize("secret", [OLD, NEW])
    def test_a_signed_webhook_names_its_intent_and_order(self, gateway, order, secret):
        """While one secret replaces another, both count."""
        heard = gateway.notice_of(*self.webhook(order, secret))
        assert heard == Notice("evt_1", "charge.refunded", "pi_1", order)

    @pytest.mark.parametrize("signature", ["", "forged", "t=1,v1=0"])
    def test_another_webhook_is_refused(self, gateway, order, signature):
        body, _ = self.webhook(order)
        with pytest.raises(BadRequestError, match="The signature does not fit"):
            gateway.notice_of(body, signature)


class TestMemoryGatewayBooks(MemoryCards, BooksContract):
    """The double."""


class TestStripeGatewayBooks(StripeCards, BooksContract):
    def test_a_webhook_signed_with_another_secret_is_refused(self, gateway, order):
        with pytest.raises(BadRequestError, match="The signature does not fit"):
            gateway.notice_of(*self.webhook(order, "whsec_old"))

    def test_intents_and_refunds_are_read_page_by_page(
        self, gateway, order, monkeypatch
    ):
        monkeypatch.setattr(gateways, "PAGE", 2)
        made = [self.open(gateway, order, number).id for number in range(5)]
        found = gateway.intents(second(-30), second(30))
        assert [i.id for i in found if i.sum.order_id == order] == made[::-1]
        paid = self.charge(gateway, order)
        for number in range(1, 6):
            self.refund(gateway, order, paid, number, amount=AMOUNT // 5)
        numbers = sorted(each.number for each in gateway.refunds(paid.id))
        assert numbers == [1, 2, 3, 4, 5]
