"""The form that sends back money for units of an order, for sellers and operators."""

from collections.abc import Callable

from werkzeug.wrappers import Response

from ticketing.errors import refuse
from ticketing.http import Request
from web.forms import REFUSALS, Form
from web.paths import see_other
from web.rendering import Renderer
from web.states import Json
from web.translations import mark

PAGE = "order_refund.html"
# The units that were ticked, and the reason that was given.
Refund = Callable[[list[str], str], object]


def ask(pages: Renderer, request: Request, values: Json) -> Response:
    """Show the form with every unit ticked."""
    return pages.show(request, PAGE, **values, chosen=values["order"]["units"])


def act(
    pages: Renderer, request: Request, values: Json, refund: Refund, then: str
) -> Response:
    """Refund what was ticked and lead on, or show the form again and say why not."""
    form, chosen = Form.of(request, "reason"), request.form.getlist("unit")
    try:
        refund(chosen, form["reason"])
    except REFUSALS as error:
        again = values | {"chosen": chosen, "form": form.failed(error)}
        return pages.show(request, PAGE, **again)
    return see_other(then)


def check_ticked(chosen: list[str]) -> None:
    """Raise InvalidInputError when nothing is to be refunded."""
    if not chosen:
        refuse("units", mark("Tick at least one ticket to refund"))
