"""What a buyer shows at the door: passes, on a page, as a PDF, in the calendar."""

from werkzeug.wrappers import Response

from ticketing.errors import NotFoundError
from ticketing.http import Request, unkept
from ticketing.public_url import PublicUrl
from web import bookings, languages, views
from web.documents import ics, pdf
from web.documents.booking import ON_PAGE, PART, Booking
from web.page import page
from web.pages import base
from web.paths import see_other
from web.states import Json


class PassPages(base.Web):
    public_url: str = PublicUrl()

    @page("GET", "/orders/<order_id>/passes", session=True)
    def get_passes(self, request: Request, order_id: str) -> Response:
        order, booking = self._own_booking(request, order_id)
        number = _part_of(request, booking.pages)
        part = booking.part(number, ON_PAGE)
        page = self.pages.show(
            request,
            "passes.html",
            order=order,
            booking=booking,
            part=part,
            number=number,
            printed=(number - 1) * ON_PAGE // PART + 1,
            pictures=bookings.pictures_of(part),
        )
        return unkept(page)

    @page("GET", "/orders/<order_id>/passes.pdf", session=True)
    def get_pdf(self, request: Request, order_id: str) -> Response:
        _, booking = self._own_booking(request, order_id)
        number = _part_of(request, booking.parts)
        part = booking.part(number)
        if not part.good:
            return see_other(f"/orders/{order_id}/passes")
        name = f"passes-{order_id}-{number}.pdf"
        response = Response(pdf.make(part), content_type=pdf.CONTENT_TYPE)
        response.headers.set("Content-Disposition", "inline", filename=name)
        return unkept(response)

    @page("GET", "/orders/<order_id>/event.ics", session=True)
    def get_calendar(self, request: Request, order_id: str) -> Response:
        _, booking = self._own_booking(request, order_id)
        if booking.event is None or not booking.good:
            raise NotFoundError
        entry = ics.render(booking, f"{self.public_url}/orders/{order_id}/passes")
        response = Response(entry, content_type=ics.CONTENT_TYPE)
        response.headers.set("Content-Disposition", "attachment", filename="event.ics")
        return response

    def _own_booking(self, request: Request, order_id: str) -> tuple[Json, Booking]:
        """Return an order and what it is for to its buyer. Raises NotFoundError."""
        views.check_buyer(self.orders, order_id, request.session)
        order = self.orders.get_order(order_id)
        with languages.reading(languages.of(request)):
            return order, bookings.booking_of(self.tickets, self.orders, order)


def _part_of(request: Request, parts: int) -> int:
    """Return which part of a large order is asked for. Raises NotFoundError."""
    number = request.args.get("part", 1, int)
    if not 1 <= number <= parts:
        raise NotFoundError
    return number
