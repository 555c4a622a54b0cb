"""The whole web service in one process, without a server: its routes, with fakes."""

import sys
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
from nameko.testing.services import worker_factory
from unit_doubles import PLACES, limiter
from web_declared import FORMS, declared_pages
from web_fake_auth import FakeAuth
from web_fake_orders import FakeOrders
from web_fake_payments import FakePayments
from web_fake_tickets import FakeTickets
from web_fakes import NOW, STAND_IN, Fake
from web_mail_house import House
from web_sales_house import SalesHouse

from ticketing.http.app import App
from ticketing.http.parsing import RawRequest
from ticketing.ids import new_id
from ticketing.keyring import KeyRing
from ticketing.rehearsing import Permits
from ticketing.sessions import COOKIE, DEVICE_COOKIE, SessionCookie
from web import kept_pages, languages, letters, shop
from web.checkout import Checkout
from web.form_tokens import FIELD, VISITOR_COOKIE
from web.operators import Operators
from web.page import Page
from web.pages.language import LanguageCookie
from web.rehearsals.provider import Stage
from web.rehearsals.store import MemoryRehearsals
from web.rendering import Renderer
from web.service import WebService
from web.shelf import Shelf
from web.stock import Stock

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
KEYS = f"test={'k' * 32}"


class Container:
    """Runs a worker in the caller's thread."""

    service_name = "web"
    extensions = ()

    def __init__(self, service):
        self._service = service

    def spawn_worker(self, entrypoint, args, kwargs, context_data, handle_result):
        method = getattr(self._service, entrypoint.method_name)
        result = exc_info = None
        try:
            result = method(*args, **kwargs)
        except Exception:  # noqa: BLE001 - as nameko does
            exc_info = sys.exc_info()
        handle_result(None, result, exc_info)


class Bus:
    """Events are brought by hand; away, all pages ask the services."""

    is_there = False


class Shop:
    """The service, what it talks to, and the address of it all."""

    def __init__(self, config):
        self.keys = KeyRing.parse(KEYS)
        self.auth, self.tickets = FakeAuth(self.keys), FakeTickets()
        self.orders = FakeOrders(self.tickets)
        self.payments = FakePayments(self.orders)
        self.expiration, self.own = Fake(), Fake()
        self.now, self.language = NOW, ""
        self.limiter = limiter()
        self.renderer = Renderer(
            Checkout.of(config), Operators(config), FORMS, lambda: self.now
        )
        self.rehearsals, self.spawned = MemoryRehearsals(), []
        permits = Permits.of(config | {"JWT_KEYS": KEYS})
        self.stage = Stage(
            self.rehearsals, permits, "0.0.0.0:8000", self.spawned.append
        )
        self.bus = Bus()
        self.stock = Stock(Shelf(), lambda: self.bus.is_there)
        self.app = App()
        self.worker = self._service()
        container = Container(self.worker)
        bound = [self._bound(container, *found) for found in declared_pages()]
        self.app.add(container, bound)

    def _service(self):
        cookie, language_cookie = SessionCookie(), LanguageCookie()
        cookie._attributes = {"httponly": True, "samesite": "Lax"}
        cookie.sessions = SimpleNamespace(keys=self.keys)
        language_cookie._secure = False
        return worker_factory(
            WebService,
            auth=self.auth,
            tickets=self.tickets,
            orders=self.orders,
            payments=self.payments,
            expiration=self.expiration,
            own=self.own,
            pages=self.renderer,
            cookie=cookie,
            stock=self.stock,
            stage=self.stage,
            language_cookie=language_cookie,
            clock=lambda: self.now,
        )

    def _bound(self, container, name, prototype):
        names = ("session", "guard", "form_token")
        options = {name: getattr(prototype, name) for name in names}
        page = Page(prototype.method, prototype.path, **options)
        page.signed = SimpleNamespace(places=PLACES)
        page.container, page.method_name = container, name
        page.rendering = SimpleNamespace(renderer=self.renderer)
        page.sessions = page.limits = self
        return page.rule

    def of(self, request):
        token = request.cookies.get(COOKIE)
        return self.keys.verify(token) if token else None

    def sell(self, title="Front row", price=20, seller=None, **more):
        seller = seller or self.visitor(f"{new_id()}@example.com")
        return self.tickets.create_ticket(seller.id, title, price, **more)

    def visitor(self, email=None):
        account = self.auth.sign_up(email, "pass word") if email else {}
        return Visitor(self, account)


def _kept(name):
    """A cookie as an attribute, None where there is none."""

    def put(visitor, value):
        visitor.cookies[name] = value

    return property(lambda visitor: visitor.cookies.get(name), put)


class Visitor:
    """Somebody with a browser that keeps its cookies; it wants the shop's language."""

    def __init__(self, shop, account):
        self._shop = shop
        self.id = account.get("id")
        self.cookies = {VISITOR_COOKIE: "one-of-many"}
        if account:
            self.cookies[COOKIE] = account["token"]

    token = _kept(COOKIE)
    device = _kept(DEVICE_COOKIE)
    visitor = _kept(VISITOR_COOKIE)
    language = _kept(languages.COOKIE)

    def get(self, path, **headers):
        return self._ask("GET", path, b"", headers)

    def post(self, path, form=None, **headers):
        """Send a form as a page of ours has it."""
        headers = {"sec_fetch_site": "same-origin"} | headers
        token = FORMS.make(self.token or self.visitor, "/")
        filled = form.items() if hasattr(form, "items") else form or ()
        sent = [(FIELD, token), *filled]
        return self._ask("POST", path, urlencode(sent).encode(), headers)

    def read(self, path):
        """Return the page that is found there."""
        response = self.get(path)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_data(as_text=True)

    def _ask(self, method, path, body, extra):
        headers = {"host": "shop.test", "accept": BROWSER}
        headers["content-type"] = "application/x-www-form-urlencoded"
        pairs = (f"{name}={value}" for name, value in self.cookies.items())
        headers["cookie"] = "; ".join(pairs)
        headers |= (
            {"accept-language": self._shop.language} if self._shop.language else {}
        )
        headers |= {name.replace("_", "-"): value for name, value in extra.items()}
        raw = RawRequest(method, path.encode(), list(headers.items()), body)
        response = self._shop.app.answer(raw, "127.0.0.1", ("127.0.0.1", 8000))
        self._keep_cookie(response)
        return response

    def _keep_cookie(self, response):
        for line in response.headers.getlist("Set-Cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)


@pytest.fixture
def make_shop(monkeypatch):
    monkeypatch.setattr(shop, "PATIENCE", 0.0)
    monkeypatch.setattr(kept_pages, "APART", 0.0)
    return Shop


@pytest.fixture
def world(make_shop):
    return make_shop(STAND_IN)


@pytest.fixture
def buyer(world):
    return world.visitor("buyer@example.com")


@pytest.fixture
def ticket(world):
    """Somebody else sells it."""
    return world.sell("Opera", 20)


@pytest.fixture
def order(world, buyer, ticket):
    """The buyer holds the ticket."""
    return world.orders.create_order(buyer.id, ticket["id"])


@pytest.fixture
def other(world):
    return world.visitor("other@example.com")


@pytest.fixture
def mailing(monkeypatch):
    """The letters with the services that they ask, and what was sent."""
    monkeypatch.setattr(letters, "GATHERING", 0)
    return House()


@pytest.fixture
def house(world):
    return SalesHouse(world)


@pytest.fixture
def seller(world, house):
    return world.visitor("seller@example.com")
