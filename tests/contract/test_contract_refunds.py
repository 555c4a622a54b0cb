"""Giving money back: each refund once and never more than was taken.

Kept by Stripe's library against the stand-in of Stripe, and by the double.
"""

import pytest
from contract_gateways import AMOUNT, MemoryCards, StripeCards
from eventlet.greenpool import GreenPool

from ticketing.errors import UnavailableError


class RefundContract:
    def left(self, gateway, charged):
        return AMOUNT - gateway.find(charged.id).refunded

    def test_money_goes_back(self, gateway, order):
        charged = self.charge(gateway, order)
        self.refund(gateway, order, charged)
        assert self.left(gateway, charged) == 0

    def test_money_goes_back_once(self, gateway, order):
        charged = self.charge(gateway, order)
        for number in (1, 1, 2):
            self.refund(gateway, order, charged, number)
        assert self.left(gateway, charged) == 0

    def test_the_same_charge_again_does_not_take_the_money_again(self, gateway, order):
        charged = self.charge(gateway, order)
        self.refund(gateway, order, charged)
        assert self.charge(gateway, order).id == charged.id
        assert self.left(gateway, charged) == 0

    def test_money_goes_back_part_by_part(self, gateway, order):
        charged = self.charge(gateway, order)
        for number, amount, left in [(1, 700, 1250), (2, 700, 550), (3, 550, 0)]:
            self.refund(gateway, order, charged, number, amount)
            assert self.left(gateway, charged) == left

    def test_a_part_goes_back_once(self, gateway, order):
        charged = self.charge(gateway, order)
        for _ in range(3):
            self.refund(gateway, order, charged, amount=700)
        assert self.left(gateway, charged) == 1250

    def test_parts_that_go_back_at_once_all_go_back(self, gateway, order):
        charged = self.charge(gateway, order)

        def part(number):
            self.refund(gateway, order, charged, number, amount=487)

        list(GreenPool(4).imap(part, range(4)))
        assert self.left(gateway, charged) == AMOUNT - 4 * 487

    def test_more_than_is_left_does_not_go_back(self, gateway, order):
        charged = self.charge(gateway, order)
        with pytest.raises(UnavailableError, match="did not take"):
            self.refund(gateway, order, charged, 1, AMOUNT + 1)
        self.refund(gateway, order, charged, 2, 700)
        with pytest.raises(UnavailableError, match="did not take"):
            self.refund(gateway, order, charged, 3, 1251)
        assert self.left(gateway, charged) == 1250

    def test_another_refund_with_the_same_key_is_refused(self, gateway, order):
        charged = self.charge(gateway, order)
        self.refund(gateway, order, charged, amount=700)
        with pytest.raises(UnavailableError):
            self.refund(gateway, order, charged, amount=701)
        assert self.left(gateway, charged) == 1250

    def test_money_that_was_not_taken_does_not_go_back(self, gateway, order):
        with pytest.raises(UnavailableError, match="did not take"):
            gateway.refund("pi_nonsense", AMOUNT, 1, f"{order}:refund:1")
        opened = self.open(gateway, order)
        with pytest.raises(UnavailableError, match="did not take"):
            self.refund(gateway, order, opened, 2)

    @pytest.mark.parametrize("amount", [AMOUNT, 700])
    def test_a_refund_whose_answer_was_lost_is_asked_for_again(
        self, gateway, order, amount
    ):
        charged = self.charge(gateway, order)
        with self.lost_answers(gateway), pytest.raises(UnavailableError):
            self.refund(gateway, order, charged, amount=amount)
        self.refund(gateway, order, charged, amount=amount)
        assert self.left(gateway, charged) == AMOUNT - amount


class TestMemoryRefunds(MemoryCards, RefundContract):
    """The double."""


class TestStripeRefunds(StripeCards, RefundContract):
    """Stripe's library."""
