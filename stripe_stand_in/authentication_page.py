"""The page on which a customer authenticates a payment, or does not.

It takes the place of the bank's page: https://docs.stripe.com/testing#regulatory-cards
"""

from __future__ import annotations

from html import escape
from string import Template

from stripe_stand_in import authentication, currencies
from stripe_stand_in.api import Api, Response
from stripe_stand_in.changes import Attempt, Change
from stripe_stand_in.entities import Intent, PaymentMethod
from stripe_stand_in.errors import NotFoundError
from stripe_stand_in.events import Cause
from stripe_stand_in.forms import decode
from stripe_stand_in.ids import new_id
from stripe_stand_in.parameters import Table, one_of, text
from stripe_stand_in.router import Request
from stripe_stand_in.store import Store
from stripe_stand_in.transaction import Transaction

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
_FORM = Table(
    {"outcome": one_of("complete", "fail"), "secret": text()},
    required=("outcome", "secret"),
)
_PAGE = Template(
    """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Authenticate your payment</title>
<style>
body { font: 1.125rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
  margin: 0 auto; padding: 1rem; max-width: 32rem; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.25; }
button { font: inherit; width: 100%; min-height: 3rem; margin: 0 0 1rem; padding: .5rem;
  border: 2px solid #1a1a1a; border-radius: .25rem; background: #fff; color: #1a1a1a; }
button.complete { background: #1a1a1a; color: #fff; }
button:focus-visible { outline: 3px solid #0b5fff; outline-offset: 3px; }
</style>
</head>
<body>
<main>
<h1>Authenticate your payment of $amount</h1>
<p>This page stands in for your bank. It is a test: the money is test money, and no
real money moves.</p>
$actions
</main>
</body>
</html>
"""
)
_ACTIONS = Template(
    """<p>Choose what your bank says about this payment.</p>
<form method="post" action="$action">
<input type="hidden" name="secret" value="$secret">
<button class="complete" name="outcome" value="complete">
Complete authentication</button>
<button name="outcome" value="fail">Fail authentication</button>
</form>"""
)
_DONE = Template(
    """<p>There is nothing left to authenticate.</p>
<p><a href="$back">Return to the shop</a></p>"""
)


class AuthenticationPage:
    def __init__(self, store: Store, api: Api) -> None:
        self._store = store
        self._api = api

    def show(self, request: Request, intent_id: str) -> Response:
        secret = decode(request.query).get("secret")
        with self._store.transaction() as tx:
            intent = _found(tx, intent_id, secret)
        return Response(200, _page(intent).encode(), dict(_HEADERS))

    def act(self, request: Request, intent_id: str) -> Response:
        """Whoever presses twice is sent back twice; the payment goes on once."""
        said = _FORM.clean(decode(request.body))
        with self._store.transaction() as tx:
            intent = _found(tx, intent_id, said["secret"])
            change = self._change(tx, request, intent, said["outcome"])
            tx.apply(change, Cause(request.id))
            intent = _found(tx, intent_id, said["secret"])
        back = {"Location": authentication.way_back(intent)}
        return Response(303, b"", back | {"Cache-Control": "no-store"})

    def _change(
        self, tx: Transaction, request: Request, intent: Intent, outcome: str
    ) -> Change:
        method = intent.payment_method and tx.find(PaymentMethod, intent.payment_method)
        if not method:
            return Change()
        if outcome == "fail":
            return authentication.fail(intent, method)
        around = self._api.around(request)
        attempt = Attempt(
            new_id("ch"),
            tx.now,
            processing=around.processing,
            settling=around.settling,
        )
        return authentication.complete(intent, method, attempt)


def _found(tx: Transaction, intent_id: str, secret: object) -> Intent:
    intent = tx.find(Intent, intent_id)
    known = isinstance(secret, str) and intent and authentication.admits(intent, secret)
    if not known or not intent:
        raise NotFoundError("There is no such payment to authenticate.")
    return intent


def _page(intent: Intent) -> str:
    amount = currencies.formatted(intent.amount, intent.currency)
    if intent.status == "requires_action":
        assert intent.authentication is not None
        actions = _ACTIONS.substitute(
            action=escape(authentication.PAGES + intent.id),
            secret=escape(intent.authentication["secret"]),
        )
    else:
        actions = _DONE.substitute(back=escape(authentication.way_back(intent)))
    return _PAGE.substitute(
        amount=escape(f"{amount} {intent.currency.upper()}"), actions=actions
    )
