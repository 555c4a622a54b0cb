"""The main job in German, from sign-up to the mail, and choosing a language."""

import email
import time
from email.policy import default
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from launcher.folder import MAIL

DESKTOP, PHONE = 1280, 360
PASSWORD = "correct horse battery"
GERMAN = {"Accept-Language": "de-DE,de;q=0.9,en;q=0.1"}
# As prices are written, with a space that does not break.
PRICE = "20,00\N{NO-BREAK SPACE}$"


@pytest.fixture
def german(person):
    """Makes people whose browsers want German."""

    def make(width=DESKTOP, *, script=True):
        made = person(width, script=script)
        made.page.set_extra_http_headers(GERMAN)
        return made

    return make


@pytest.fixture
def ticket(person):
    return person().join().offer(f"Oper {uuid4().hex[:8]}", 20)


def sign_up(someone):
    someone.page.goto("/")
    someone.follow("Registrieren")
    someone.page.get_by_label("E-Mail-Adresse").fill("x")
    someone.press("Konto anlegen")
    someone.sees("Geben Sie eine gültige E-Mail-Adresse ein")
    someone.sees("Das Passwort muss 8 bis 128 Zeichen lang sein")
    someone.page.get_by_label("E-Mail-Adresse").fill(someone.email)
    someone.page.get_by_label("Passwort").fill(PASSWORD)
    someone.press("Konto anlegen")
    expect(someone.page.get_by_role("button", name="Abmelden")).to_be_visible()


def fits(page):
    return page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


def mail_to(address, folder):
    """Wait for the one mail to an address, and read it."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for path in folder.glob("*.eml"):
            mail = email.message_from_bytes(path.read_bytes(), policy=default)
            if mail["To"] == address:
                return mail
        time.sleep(0.1)
    raise AssertionError(f"no mail to {address}")


def test_long_words_fit_a_phone(german, ticket):
    """The menu has one line, and so has the countdown."""
    buyer = german(PHONE).join()
    buyer.page.goto(ticket)
    buyer.press("Dieses Ticket reservieren")
    timer = buyer.page.get_by_role("timer")
    expect(timer).to_contain_text("zum Bezahlen")
    links = buyer.page.get_by_role("navigation").first.get_by_role("link").all()
    assert len(links) == 4
    assert len({link.bounding_box()["y"] for link in links}) == 1
    assert timer.evaluate("it => it.getClientRects()[0].height") < 60


@pytest.mark.parametrize(
    ("width", "script"), [(DESKTOP, True), (PHONE, False)], ids=["desktop", "phone"]
)
def test_somebody_buys_in_german(german, ticket, instance, width, script):
    """Every page on the way, the passes and the mail; with and without scripts."""
    buyer = german(width, script=script)
    sign_up(buyer)
    buyer.page.goto(ticket)
    buyer.press("Dieses Ticket reservieren")
    buyer.sees("Für Sie reserviert bis")
    if script:
        timer = buyer.page.get_by_role("timer")
        expect(timer).to_contain_text("zum Bezahlen")
    assert fits(buyer.page)
    buyer.page.locator("input[value=tok_chargeDeclined]").check()
    buyer.press(f"{PRICE} bezahlen")
    buyer.sees("Ihre Karte wurde abgelehnt.")
    buyer.page.locator("input[value=tok_visa]").check()
    buyer.press(f"{PRICE} bezahlen")
    buyer.sees("Das Ticket gehört Ihnen")
    buyer.sees(f"Sie haben {PRICE} bezahlt.")
    buyer.follow("Ihre Eintrittskarten")
    buyer.sees("Zeigen Sie den Code am Einlass")
    buyer.sees("1 von 1")
    assert fits(buyer.page)
    if instance:
        mail = mail_to(buyer.email, Path(instance.data) / MAIL)
        assert mail["Subject"].startswith("Ihre Eintrittskarte für Oper ")
        text = mail.get_body(("plain",)).get_content()
        assert "Hier ist Ihre Eintrittskarte." in text


def test_the_header_is_one_line_on_a_phone(german):
    """Its name, and beside it the account, for visitors and for members."""
    buyer = german(PHONE)
    buyer.page.goto("/")
    assert stands_in_one_line(buyer.page)
    buyer.join()
    buyer.page.goto("/")
    assert stands_in_one_line(buyer.page)


def stands_in_one_line(page):
    brand, account = (
        page.locator(part).bounding_box() for part in (".brand", ".account")
    )
    return account["y"] < brand["y"] + brand["height"] and fits(page)


@pytest.mark.parametrize("script", [True, False], ids=["script", "without"])
def test_who_chooses_a_language_stays_at_the_place(german, ticket, script):
    """It holds on every page from then on, whatever the browser asks for."""
    buyer = german(PHONE, script=script).join()
    buyer.page.goto(ticket)
    buyer.press("Dieses Ticket reservieren")
    buyer.sees("Für Sie reserviert bis")
    order = buyer.page.url
    footer = buyer.page.get_by_role("contentinfo")
    footer.get_by_role("button", name="English").click()
    buyer.sees("Held for you until")
    expect(buyer.page).to_have_url(order)
    buyer.page.goto("/orders")
    expect(buyer.page.locator("html")).to_have_attribute("lang", "en")
    footer.get_by_role("button", name="Deutsch").click()
    expect(buyer.page.locator("html")).to_have_attribute("lang", "de")
    buyer.sees("Meine Bestellungen")


def test_the_map_of_seats_speaks_german(german, person):
    """What its scripts say, in sight and aloud."""
    seller, buyer = person().join(), german().join()
    hall = seller._send("tickets", title="Saal", price=20, seats=["A-1", "A-2", "B-1"])
    buyer.page.goto(f"/tickets/{hall['id']}")
    buyer.sees("3 von 3 Plätzen frei")
    buyer.page.get_by_text("Nach Reihe wählen").click()
    buyer.page.get_by_role("button", name="A-2, frei").click()
    expect(buyer.page.locator(".seats-aloud")).to_have_text(
        "Platz A-2, frei, gewählt, 1 von 10"
    )
    buyer.page.get_by_role("button", name="Platz A-2 entfernen").click()
    buyer.sees("Noch keine: Wählen Sie sie im Saalplan.")


def test_a_door_speaks_german(german):
    """What its scripts say to the seller."""
    seller = german().join()
    opera = seller.offer("Oper", 20)
    seller.page.goto(opera.replace("/tickets/", "/door/"))
    seller.page.get_by_label("Name dieses Eingangs").first.fill("Nord")
    seller.press("Namen verwenden")
    seller.sees("Online.")
    seller.page.get_by_label("Code der Eintrittskarte").fill("K7QM4T9X2BHD")
    seller.press("Prüfen")
    expect(seller.page.locator("#door-answer")).to_contain_text("Nicht für hier")


def test_programs_are_answered_in_english(german):
    """The language of the API does not depend on who asks."""
    answer = german().page.request.post(
        "/api/users/signup", data={"email": "x", "password": "x"}, headers=GERMAN
    )
    assert answer.json()["errors"][0]["message"] == "Email must be valid"
