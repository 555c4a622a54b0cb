"""The door without a network: it opens, decides and forgets nothing."""

import pytest
from door_people import Door
from playwright.sync_api import Error, expect

pytest_plugins = ("door_fixtures",)


@pytest.fixture
def south(another_device, opera, door):
    """A second door, on a device of its own."""
    return Door(another_device(), opera, "South door")


def cut(*doors):
    for door in doors:
        door.context.set_offline(True)
        door.shows("No network")


def mend(*doors):
    for door in doors:
        door.context.set_offline(False)
        door.shows("Online")


def test_what_is_scanned_offline_is_told_later(door, seller, opera, sold):
    """The page opens without a network, knows who is in and sends it all, once."""
    first, second = sold
    told = []
    door.page.on("request", lambda request: told.append((request.method, request.url)))
    cut(door)
    door.reload()
    door.tells(first["code"], "Welcome", "Seat A-1")
    door.tells(second["id"], "Welcome", "Seat A-2")
    door.tells(first["id"], "Already in", "North door")
    door.counts(2, 2, waiting=2)
    door.shows("not sent yet")
    assert {each["status"] for each in seller.passes(opera).values()} == {"valid"}
    told.clear()
    mend(door)
    door.counts(2, 2, waiting=0)
    passes = seller.passes(opera)
    assert {each["status"] for each in passes.values()} == {"admitted"}
    assert passes[first["id"]]["admittedAt"] < passes[second["id"]]["admittedAt"]
    sent = [url for method, url in told if method == "POST"]
    assert [url.split("/")[-2] for url in sent] == [first["id"], second["id"]]


def test_scans_survive_that_the_page_is_closed(door, seller, opera, sold):
    """They are kept before they are sent."""
    cut(door)
    door.tells(sold[0]["code"], "Welcome")
    door.page.close()
    door.open()
    door.counts(1, 2, waiting=1)
    door.tells(sold[0]["id"], "Already in", "North door")
    mend(door)
    door.counts(1, 2, waiting=0)
    assert seller.passes(opera)[sold[0]["id"]]["door"] == "North door"


def test_of_two_doors_that_let_the_same_pass_in_one_wins(
    door, south, seller, opera, sold
):
    """The other one shows it as something to look at, and goes on showing it."""
    twice, _ = sold
    cut(door, south)
    south.tells(twice["code"], "Welcome")
    door.tells(twice["code"], "Welcome")
    mend(south)
    south.counts(1, 2, waiting=0)
    mend(door)
    for _ in range(2):
        door.shows("To look at")
        door.shows("Seat A-1: let in at North door")
        door.shows("also admitted at South door")
        door.reload()
    known = seller.passes(opera)[twice["id"]]
    assert known["door"] == "South door"
    assert [each["door"] for each in known["conflicts"]] == ["North door"]
    south.reload()
    south.shows("shown again at North door")


def test_a_refund_that_the_door_had_not_heard_of_is_something_to_look_at(
    door, seller, opera, sold
):
    """The guest is in; the seller should know."""
    cut(door)
    seller.refund(opera, sold[0])
    door.tells(sold[0]["code"], "Welcome")
    mend(door)
    door.shows("Seat A-1: let in at North door")
    door.shows("but the shop says: Refunded")
    door.counts(0, 0)


def test_what_the_list_does_not_know_is_decided_by_its_signature(
    door, seller, buyer, opera
):
    """A pass sold meanwhile is good; a typed code nobody knows has to wait."""
    (late,) = buyer.buy(opera, "A-3")
    (ballet,) = buyer.buy(seller.sell("X-1", title="Ballet"), "X-1")
    cut(door)
    forged = late["code"][:-30] + "A" * 30
    door.tells(forged, "Not genuine")
    door.tells(ballet["code"], "Not for this event")
    door.tells(late["id"], "Not known here", "when online")
    door.tells(late["code"], "Welcome", "Seat A-3", "not on the list yet")
    door.tells(late["code"], "Already in", "North door")
    mend(door)
    door.counts(1, 3)
    assert seller.passes(opera)[late["id"]]["status"] == "admitted"


def test_a_browser_that_cannot_check_signatures_goes_by_the_list(
    another_device, buyer, opera, sold
):
    """As every browser does on a page without https."""
    context = another_device()
    context.add_init_script(
        "if (crypto.subtle) delete SubtleCrypto.prototype.importKey"
    )
    door = Door(context, opera, "North door")
    (late,) = buyer.buy(opera, "A-3")
    cut(door)
    door.tells(sold[0]["code"], "Welcome", "Seat A-1")
    door.tells(late["code"], "Not known here")


def test_two_tabs_of_a_device_let_nobody_in_twice(door, seller, opera, sold):
    """They share what they know."""
    tab = Door(seller.context, opera)
    cut(door, tab)
    door.tells(sold[0]["code"], "Welcome")
    tab.tells(sold[0]["code"], "Already in", "North door")
    mend(door, tab)
    tab.counts(1, 2, waiting=0)
    assert "conflicts" not in seller.passes(opera)[sold[0]["id"]]


def test_a_shop_that_does_not_answer_is_asked_again(door, seller, opera, sold):
    """Nobody at the door has to do anything."""
    answers = iter([503, 502])

    def answer(route):
        status = next(answers, None)
        route.fulfill(status=status) if status else route.continue_()

    door.page.route("**/admit", answer)
    door.tells(sold[0]["code"], "Welcome")
    door.counts(1, 2, waiting=0)
    assert seller.passes(opera)[sold[0]["id"]]["status"] == "admitted"


def test_when_the_session_ends_no_scan_is_lost(door, seller, opera, sold):
    """The door asks to sign in again, and sends everything then."""
    seller.context.clear_cookies()
    door.tells(sold[0]["code"], "Welcome")
    expect(door.page.locator("#door-session")).to_contain_text("no scan is lost")
    door.counts(1, 2, waiting=1)
    door.page.get_by_role("link", name="Sign in again").click()
    door.page.get_by_label("Email").fill(seller.email)
    door.page.get_by_label("Password").fill(seller.password)
    door.page.get_by_role("main").get_by_role("button", name="Sign in").click()
    door.counts(1, 2, waiting=0)
    assert seller.passes(opera)[sold[0]["id"]]["door"] == "North door"


def test_signing_out_leaves_nothing_behind(door, sold):
    """No scan, no list, no page; if a scan was not sent it asks first."""
    sign_out = door.page.get_by_role("button", name="Sign out")
    door.page.route("**/admit", lambda route: route.abort())
    door.tells(sold[0]["code"], "Welcome")
    # A dialog is answered where it is heard of: the page stands still until then.
    door.page.once("dialog", lambda dialog: dialog.dismiss())
    with door.page.expect_event("dialog") as asked:
        sign_out.click()
    assert "1 scan has not been sent" in asked.value.message
    door.counts(1, 2, waiting=1)
    door.page.once("dialog", lambda dialog: dialog.accept())
    sign_out.click()
    expect(door.page).to_have_url("/")
    assert (
        door.page.evaluate(
            """async () => {
          const { openStore } = await import("/static/x/door-store.js");
          const { database } = await openStore();
          const all = (name) => new Promise((resolve) => {
            const found = database.transaction(name).objectStore(name).getAll();
            found.onsuccess = () => resolve(found.result);
          });
          const kept = await Promise.all([...database.objectStoreNames].map(all));
          const workers = await navigator.serviceWorker.getRegistrations();
          return [...kept.flat(), ...(await caches.keys()), ...workers];
        }"""
        )
        == []
    )


def test_only_the_pages_of_the_door_are_kept(door, seller, opera):
    """Everything else is asked of the shop, and is not there without a network."""
    page = seller.context.new_page()
    page.goto("/door")
    expect(page.get_by_role("link", name="Opera")).to_be_visible()
    page.goto("/")
    assert page.evaluate("navigator.serviceWorker.controller") is None
    kept = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const found = await Promise.all(
            names.map(async (name) => (await caches.open(name)).keys()));
          return found.flat().map((request) => new URL(request.url).pathname);
        }"""
    )
    pages = {path for path in kept if not path.startswith("/static/")}
    assert f"/door/{opera}" in pages
    assert pages <= {"/door", f"/door/{opera}"}
    cut(door)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.goto("/")


def test_a_kept_page_is_not_shown_while_the_shop_answers(door, seller, opera):
    """Whoever has a network sees what the shop has now."""
    body = {"title": "Opera, new title", "price": 20}
    seller.ask("PUT", f"/api/tickets/{opera}", body)
    door.visit()
    expect(door.page.get_by_role("heading", name="Opera, new title")).to_be_visible()
    cut(door)
    door.reload()
    expect(door.page.get_by_role("heading", name="Opera, new title")).to_be_visible()
