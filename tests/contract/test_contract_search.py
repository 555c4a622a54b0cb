"""Which listings are found. MongoDB's queries and the double's rules say the same."""

from dataclasses import replace

import pytest
from contract_search import (
    BEGINNINGS,
    HOUR,
    MOMENT,
    NOW,
    PRICES,
    SALES,
    TEXTS,
    beginning,
    named,
    on_sale,
    priced,
)
from contract_tools import store_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ticketing.clock import iso
from ticketing.ids import new_id
from ticketing.paging import Page
from tickets import models
from tickets.fakes import MemoryTickets
from tickets.models import Offer, Share
from tickets.repository import TicketDatabase
from tickets.search import ALL_OPEN, Availability, Search, search_of

ANN, ORDER = new_id(), new_id()
# Letters whose case is special, marks, and what patterns are made of.
TRICKY = st.text("aAäÄßẞ\u0131İ\u017fΣς\u03c3ﬁǅé\u0301\u0307 -_1٣.*$^\\[(", max_size=6)


class SearchContract:
    def add(self, tickets, offer):
        return tickets.add(models.create(new_id(), ANN, offer)).id

    def found(self, tickets, known, search, now=NOW):
        """The names of those that are found, asked for in pages of four."""
        names, ids = {known[name]: name for name in known}, []
        while page := tickets.find_all(search, Page(4, ids[-1] if ids else None), now):
            ids += [ticket.id for ticket in page]
        assert ids == sorted(set(ids))
        return {names[ticket_id] for ticket_id in ids}

    @pytest.fixture
    def texts(self, tickets):
        return {name: self.add(tickets, named(*texts)) for name, texts in TEXTS.items()}

    @pytest.fixture
    def sales(self, tickets):
        return {name: self._sale(tickets, sale) for name, sale in SALES.items()}

    def _sale(self, tickets, sale):
        ticket_id = self.add(tickets, on_sale(sale))
        if sale.sold:
            heard = {ORDER: Share(1, sale.sold, paid=True)}
            tickets.change(ticket_id, lambda t: models.follow(t, heard, {}))
        if sale.cancelled:
            tickets.change(ticket_id, lambda t: models.cancel(t, ANN))
        return ticket_id

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("", set(TEXTS)),
            ("   ", set(TEXTS)),
            ("magic", {"opera"}),
            ("MAG", {"opera"}),
            ("agic", set()),
            ("flute magic", {"opera"}),
            ("mag staats zauber", {"opera"}),
            ("magic street", set()),
            ("wien", {"opera"}),
            ("zauberflöte", {"opera"}),
            ("ZAUBERFLÖ", {"opera"}),
            ("zauberflo", {"opera"}),
            ("zauberflo\N{COMBINING DIAERESIS}te", {"opera"}),
            ("zauberfloe", set()),
            ("straße", {"street"}),
            ("STRASSE", {"street"}),
            ("été", {"night"}),
            ("ÉTÉ OPÉ", {"night"}),
            ("opera", {"night"}),
            ("ete opera", {"night"}),
            ("ópéra", {"night"}),
            ("open-air", {"night"}),
            ("щелк", {"russia"}),
            ("snake_", {"under"}),
            ("case", set()),
            ("20", {"under"}),
            ("c++", {"tech"}),
            ("50%", {"tech"}),
            ("room 4 2", {"tech"}),
        ],
    )
    def test_words_begin_words(self, tickets, texts, text, expected):
        assert self.found(tickets, texts, search_of({"text": text})) == expected

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (".*", set(TEXTS)),
            ("m.gic", set()),
            ("magi[c]", set()),
            ("^magic$", {"opera"}),
            ("(mag|str)", set()),
            ("ma?", {"opera"}),
            ("magc?", set()),
            ("\\w", {"opera"}),
        ],
    )
    def test_what_looks_like_a_pattern_is_none(self, tickets, texts, text, expected):
        """Its letters are words, its signs stand between words."""
        assert self.found(tickets, texts, search_of({"text": text})) == expected

    @pytest.mark.parametrize("word", [".*", "m.gic", "^", "$", "(", "[", "\\"])
    def test_a_word_is_never_read_as_a_pattern(self, tickets, texts, word):
        assert self.found(tickets, texts, Search((word,))) == set()

    @pytest.mark.parametrize("availability", Availability)
    def test_what_can_be_bought_when_is_found(self, tickets, sales, availability):
        search = Search(availability=availability)
        expected = {name for name, sale in SALES.items() if availability in sale.finds}
        assert self.found(tickets, sales, search) == expected

    def test_all_that_is_open_is_read_from_the_newest_on(self, tickets):
        """However far apart they were listed, and wherever one begins."""
        ages = [0, 0, 0, 1, 2, 3, 50, 50, 3600, 10**5, 10**7, 10**9, 1769860800]
        newest = round(NOW.timestamp())
        ids = [f"{newest - age:08x}{n:016x}" for n, age in enumerate(ages)]
        ids.append(f"{newest + 500:08x}{0:016x}")
        for ticket_id in ids:
            tickets.add(models.create(ticket_id, ANN, Offer("x", 1)))
        self._sale(tickets, SALES["has begun"])
        ids.sort(reverse=True)
        for limit in (1, 3, 50):
            for after in (None, "0", "zzz", *ids):
                below = [each for each in ids if after is None or each < after]
                page = Page(limit, after, descending=True)
                found = tickets.find_all(ALL_OPEN, page, NOW)
                assert [ticket.id for ticket in found] == below[:limit]

    def test_time_alone_opens_and_ends_a_sale(self, tickets, sales):
        found = self.found(tickets, sales, Search(), NOW + HOUR)
        assert found == {
            "plain",
            "half sold",
            "open",
            "opens now",
            "opens in a moment",
            "opens soon",
        }

    @pytest.mark.parametrize(
        ("since", "until", "expected"),
        [
            (HOUR, None, {"begins soon", "opens soon"}),
            (HOUR + MOMENT, None, {"opens soon"}),
            (None, 0 * HOUR, {"begins now", "has begun"}),
            (None, -MOMENT, {"has begun"}),
            (0 * HOUR, HOUR, {"begins now", "begins in a moment", "begins soon"}),
            (HOUR, 0 * HOUR, set()),
        ],
    )
    def test_events_are_found_by_their_time(
        self, tickets, sales, since, until, expected
    ):
        """Both ends count; what has no event is not found."""
        search = Search(
            since=NOW + since if since is not None else None,
            until=NOW + until if until is not None else None,
            availability=Availability.ALL,
        )
        assert self.found(tickets, sales, search) == expected

    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            ({"currency": "usd"}, {"cheap", "fair", "dear"}),
            ({"currency": "EUR"}, {"euro"}),
            ({"currency": "usd", "minPrice": "5", "maxPrice": "20"}, {"cheap", "fair"}),
            ({"currency": "usd", "minPrice": "5.01"}, {"fair", "dear"}),
            ({"currency": "usd", "maxPrice": "19.99"}, {"cheap"}),
            ({"currency": "usd", "minPrice": "21", "maxPrice": "20"}, set()),
            ({"currency": "jpy", "minPrice": "2000"}, {"yen"}),
            ({"currency": "jpy", "minPrice": "2001"}, set()),
        ],
    )
    def test_prices_are_found_in_their_currency(self, tickets, wanted, expected):
        known = {name: self.add(tickets, priced(*of)) for name, of in PRICES.items()}
        assert self.found(tickets, known, search_of(wanted)) == expected

    def test_events_come_by_their_time_a_page_at_a_time(self, tickets):
        """Those at the same time in the order of their listing; others not at all."""
        made = [(hours, self.add(tickets, beginning(hours))) for hours in BEGINNINGS]
        expected = [made_id for hours, made_id in sorted(m for m in made if m[0])]
        for limit in (1, 2, 10):
            found = []
            while page := tickets.find_all(
                search_of({"sort": "event"}),
                Page(limit, found[-1] if found else None),
                NOW,
            ):
                found += [ticket.id for ticket in page]
            assert found == expected

    def test_a_page_of_events_goes_on_after_what_is_gone(self, tickets):
        """Sold out meanwhile, it still has its place."""
        first, second = (self.add(tickets, beginning(hours)) for hours in (1, 2))
        tickets.change(first, lambda t: models.cancel(t, ANN))
        page = Page(10, first)
        found = tickets.find_all(search_of({"sort": "event"}), page, NOW)
        assert [ticket.id for ticket in found] == [second]

    def test_all_that_is_asked_for_has_to_be_so(self, tickets, sales, texts):
        search = search_of({"text": "gala", "from": iso(NOW), "to": iso(NOW + HOUR)})
        assert self.found(tickets, sales | texts, search) == {
            "begins in a moment",
            "begins soon",
        }

    def test_a_changed_title_is_found_by_its_new_words_only(self, tickets, texts):
        offer = replace(named(*TEXTS["opera"]), title="Fidelio", event=None)
        tickets.change(texts["opera"], lambda t: models.edit(t, ANN, offer))
        assert self.found(tickets, texts, Search(("fid",))) == {"opera"}
        for word in ("magic", "zauber", "wien"):
            assert self.found(tickets, texts, Search((word,))) == set()


class TestMemorySearch(SearchContract):
    @pytest.fixture
    def tickets(self):
        return MemoryTickets()


class TestMongoSearch(SearchContract):
    @pytest.fixture
    def tickets(self, config):
        return store_of(TicketDatabase(), config, "tickets")

    @settings(
        max_examples=40,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(title=TRICKY, asked=TRICKY)
    def test_the_double_finds_the_same(self, tickets, double, title, asked):
        """Whatever letters there are: each has its own rules of upper and lower."""
        change = models.create(new_id(), ANN, Offer(title, 1))
        for store in (tickets, double):
            store.add(change)
        search = search_of({"text": asked})
        found = [store.find_all(search, Page(1000), NOW) for store in (tickets, double)]
        assert found[0] == found[1]
        itself = search_of({"text": title})
        assert change.state in double.find_all(itself, Page(1000), NOW)

    @pytest.fixture
    def double(self):
        return MemoryTickets()
