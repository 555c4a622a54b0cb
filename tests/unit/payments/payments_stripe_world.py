"""What may go wrong between payments, their store and Stripe."""

from payments.fake_stripe import MemoryGateway
from payments.fakes import MemoryPayments
from ticketing.errors import UnavailableError


class CrashError(Exception):
    """The process has died."""


class LossyPayments(MemoryPayments):
    """Now and then a write does not come through: the process has died before it."""

    dies = False

    def _store(self, change):
        if self.dies:
            raise CrashError
        return super()._store(change)


class PickyGateway(MemoryGateway):
    """``deaf``: calls do not arrive; ``refused`` is the number of a refund not taken.

    It forgets its keys when it is told to, and goes on with what never arrived at a
    time of its own.
    """

    deaf = False
    refused = None

    def __init__(self, now):
        super().__init__(now)
        self.on_their_way = []

    def open(self, wanted, key):
        self._arrive(lambda: super(PickyGateway, self).open(wanted, key))
        return super().open(wanted, key)

    def charge(self, wanted, token, key):
        self._arrive(lambda: super(PickyGateway, self).charge(wanted, token, key))
        return super().charge(wanted, token, key)

    def confirm(self, *asked):
        self._arrive(lambda: super(PickyGateway, self).confirm(*asked))
        return super().confirm(*asked)

    def cancel(self, intent_id):
        self._arrive(lambda: super(PickyGateway, self).cancel(intent_id))
        return super().cancel(intent_id)

    def refund(self, intent_id, amount, number, key):
        if number == self.refused:
            raise UnavailableError
        asked = intent_id, amount, number, key
        self._arrive(lambda: super(PickyGateway, self).refund(*asked))
        super().refund(*asked)

    def forget_keys(self):
        self._answers.clear()
        self.on_their_way.clear()

    def _arrive(self, call):
        if self.deaf:
            self.on_their_way.append(call)
            raise UnavailableError
