"""Every page in every state: who looks at it, where, and what they do there first."""

from typing import NamedTuple

from axe_rehearsals import rehearsed
from playwright.sync_api import expect

REHEARSAL = "/listings/{seats}/rehearsal"


class Scene(NamedTuple):
    """Who looks at what, and what they do there first."""

    who: str
    path: str
    act: object = None


def press(name, **fields):
    """Fill in a form, send it and be told what is wrong with it."""

    def act(page):
        main = page.get_by_role("main")
        for field, value in fields.items():
            main.locator(f"[name={field}]").first.fill(value)
        main.get_by_role("button", name=name).first.click()
        expect(page.locator(".summary:visible")).to_be_visible()

    return act


def pay_in_vain(page):
    page.locator("input[value=tok_chargeDeclined]").check()
    press("Pay $")(page)


def untick(page):
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    press("Send the money back")(page)


def pick(page):
    """Take a seat off the list beside the map."""
    expect(page.get_by_role("application", name="Seat map")).to_be_visible()
    page.locator(".seats-rows summary").click()
    page.locator(".row-seats button:not([aria-disabled=true])").last.click()


def enter(page):
    """Stand at the door, which has asked for its name."""
    expect(page.locator("#door-page[data-begun]")).to_be_visible()
    if page.locator("#door-naming").is_visible():
        page.get_by_label("Name of this door").fill("North door")
        page.get_by_role("button", name="Use this name").click()
    expect(page.locator("#door-work")).to_be_visible()


def scan(word, code=None):
    def act(page):
        enter(page)
        page.get_by_label("Code on the pass").fill(code or page.first_pass)
        page.get_by_label("Code on the pass").press("Enter")
        expect(page.locator("#door-answer")).to_contain_text(word)

    return act


def begun(page):
    expect(page.locator("#door-page[data-begun]")).to_be_visible()


SCENES = {
    "home": Scene("visitor", "/"),
    "home, found": Scene("buyer", "/?text=seat&availability=all"),
    "home, nothing found": Scene("buyer", "/?text=nothingofthekind"),
    "home, wrong search": Scene("visitor", f"/?text={'x' * 101}"),
    "home, past the end": Scene("visitor", f"/?after={'0' * 24}"),
    "sign in": Scene("visitor", "/auth/signin?next=/orders"),
    "sign in, wrong": Scene(
        "visitor", "/auth/signin", press("Sign in", email="a@b.co", password="x")
    ),
    "sign in, out everywhere": Scene("visitor", "/auth/signin?note=everywhere"),
    "sign up": Scene("visitor", "/auth/signup"),
    "sign up, wrong": Scene("visitor", "/auth/signup", press("Create account")),
    "sign out": Scene("buyer", "/auth/signout"),
    "signed out": Scene("visitor", "/auth/signout"),
    "account": Scene("buyer", "/account?note=changed"),
    "account, wrong": Scene("buyer", "/account", press("Change password")),
    "sell": Scene("seller", "/tickets/new"),
    "sell, wrong": Scene("seller", "/tickets/new", press("List this ticket")),
    "sell, again": Scene("seller", "/tickets/new?typed"),
    "edit": Scene("seller", "/tickets/{several}/edit"),
    "edit, wrong": Scene("seller", "/tickets/{several}/edit", press("Save", title="")),
    "single": Scene("visitor", "/tickets/{single}"),
    "single, to buy": Scene("buyer", "/tickets/{single}"),
    "single, own": Scene("seller", "/tickets/{single}"),
    "several": Scene("visitor", "/tickets/{several}"),
    "several, to buy": Scene("newcomer", "/tickets/{several}"),
    "seats": Scene("newcomer", "/tickets/{seats}", pick),
    "seats, own": Scene("seller", "/tickets/{seats}"),
    "upcoming": Scene("buyer", "/tickets/{upcoming}"),
    "upcoming, own": Scene("seller", "/tickets/{upcoming}"),
    "over": Scene("buyer", "/tickets/{over}"),
    "cancelled": Scene("buyer", "/tickets/{cancelled}"),
    "held by you": Scene("buyer", "/tickets/{held}"),
    "held by another": Scene("newcomer", "/tickets/{held}"),
    "some held by you": Scene("buyer", "/tickets/{held several}"),
    "sold": Scene("newcomer", "/tickets/{sold}"),
    "bought by you": Scene("buyer", "/tickets/{sold}"),
    "order, open": Scene("buyer", "/orders/{open}"),
    "order, declined": Scene("buyer", "/orders/{declined}"),
    "order, declined again": Scene("buyer", "/orders/{declined}", pay_in_vain),
    "order, action": Scene("buyer", "/orders/{action}"),
    "order, complete": Scene("buyer", "/orders/{complete}"),
    "order, refunded": Scene("buyer", "/orders/{refunded}"),
    "order, partly refunded": Scene("buyer", "/orders/{partly}"),
    "order, cancelled": Scene("buyer", "/orders/{given up}"),
    "order, expired": Scene("buyer", "/orders/{expired}"),
    "orders": Scene("buyer", "/orders"),
    "no orders": Scene("newcomer", "/orders"),
    "passes": Scene("buyer", "/orders/{bought}/passes"),
    "passes, many": Scene("buyer", "/orders/{crowd}/passes"),
    "passes, none yet": Scene("buyer", "/orders/{open}/passes"),
    "order, many": Scene("buyer", "/orders/{crowd}"),
    "listings": Scene("seller", "/listings"),
    "no listings": Scene("newcomer", "/listings"),
    "numbers": Scene("seller", "/listings/{seats}"),
    "numbers, none": Scene("seller", "/listings/{upcoming}"),
    "sales": Scene("seller", "/listings/{seats}/orders"),
    "refund": Scene("seller", "/listings/{seats}/orders/{bought}/refund"),
    "refund, none": Scene("seller", "/listings/{seats}/orders/{bought}/refund", untick),
    "cancel": Scene("seller", "/listings/{seats}/cancel"),
    "rehearsal": Scene("seller", REHEARSAL, rehearsed(None)),
    "rehearsal, wrong": Scene(
        "seller",
        REHEARSAL,
        rehearsed(None, then=press("Start the rehearsal", buyers="0")),
    ),
    "rehearsal, begun": Scene("seller", REHEARSAL, rehearsed("begun")),
    "rehearsal, signing": Scene("seller", REHEARSAL, rehearsed("signing")),
    "rehearsal, selling": Scene("seller", REHEARSAL, rehearsed("selling")),
    "rehearsal, of another": Scene("seller", REHEARSAL, rehearsed("begun", "several")),
    "rehearsal, done": Scene("seller", REHEARSAL, rehearsed("done")),
    "rehearsal, broken": Scene("seller", REHEARSAL, rehearsed("broken")),
    "rehearsal, stopped": Scene("seller", REHEARSAL, rehearsed("stopped")),
    "rehearsal, failed": Scene("seller", REHEARSAL, rehearsed("failed")),
    "rehearsal, lost": Scene("seller", REHEARSAL, rehearsed("lost")),
    "rehearsal, report": Scene("seller", f"{REHEARSAL}/report", rehearsed("done")),
    "doors": Scene("seller", "/door"),
    "door, new": Scene("seller", "/door/{seats}", begun),
    "door": Scene("seller", "/door/{seats}", enter),
    "door, welcome": Scene("seller", "/door/{seats}", scan("Welcome")),
    "door, already in": Scene("seller", "/door/{seats}", scan("Already in")),
    "door, bad": Scene(
        "seller", "/door/{seats}", scan("Not for this event", "NOPE" * 3)
    ),
    "books": Scene("operator", "/operator"),
    "operator's refund": Scene("operator", "/operator/orders/{bought}/refund"),
    "health": Scene("operator", "/operator/health"),
    "messages put aside": Scene("operator", "/operator/dead-letters"),
    "an order's story": Scene("operator", "/operator/orders/{bought}"),
    "an order to be found": Scene("operator", "/operator/orders"),
    "an order, not found": Scene("operator", "/operator/orders?id=x"),
    "nothing": Scene("visitor", "/nothing"),
    "not yours": Scene("buyer", "/tickets/{single}/edit"),
}
