"""The PDF: a page for each pass, the same wherever it is made, whatever it says."""

import os
import subprocess
import sys
from dataclasses import replace

import eventlet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from web_pass_house import LONG, ORDER, Printed, booking, read_codes

from web.documents import fonts, pdf

# In another process strings have other hashes, and sets another order.
ANEW = """
import sys
sys.path.insert(0, "tests/unit/web")
from web_pass_house import booking
from web.documents import pdf
sys.stdout.buffer.write(pdf.render(booking()))
"""
# Says how many kilobytes of memory are taken more afterwards.
EVERY_SCRIPT = """
import sys
from pathlib import Path
sys.path.insert(0, "tests/unit/web")
from web_pass_house import booking
from web.documents import pdf

def memory():
    return int(Path("/proc/self/status").read_text().partition("VmRSS:")[2].split()[0])

pdf.render(booking())
before = memory()
for name in sys.argv[1:]:
    pdf.render(booking(name=name))
print(memory() - before)
"""
SCRIPTS = [
    "Ελληνικά",
    "Кириллица",
    "אופרה",
    "أوبرا في الحديقة",
    "ओपेरा क्षेत्र",
    "โอเปร่า",
    "ოპერა",
    "オペラ 公園",
    "공원의 오페라",
    "歌剧",
    "Zażółć gęślą jaźń ∞ ♫ ☃",
    "🎟 😀",
]
# Their letters stand in another order, above each other, or as one.
MORE_SCRIPTS = [
    "বাংলা অপেরা",
    "தமிழ் ஓபரா",
    "ខ្មែរ ល្ខោន",
    "မြန်မာ အော်ပရာ",
    "office q\u0307\u0323",
]


def test_each_pass_has_a_page_that_says_it_all():
    made = Printed(pdf.render(booking()))
    assert len(made) == 2
    for page, seat in enumerate(("A-1", "A-2")):
        text = made.text(page)
        for fact in (
            "Opera in the park",
            "Front row",
            "Waldbühne, Berlin",
            "Tuesday, 30 June 2026, 19:30 Berlin time",
            "$49.50",
            f"K7QM-4T9X-000{page}",
            ORDER,
        ):
            assert fact in text, fact
        assert f"Seat\r\n{seat}" in text or f"Seat\n{seat}" in text


@pytest.mark.parametrize(
    ("currency", "price", "shown"),
    [("eur", 49.5, "€49.50"), ("gbp", 49.5, "£49.50"), ("jpy", 1200, "¥1,200")],
)
def test_a_pass_says_its_price_in_its_currency(currency, price, shown):
    told = replace(booking(), price=price, currency=currency)
    assert shown in Printed(pdf.render(told)).text()


def test_a_reader_finds_the_code_of_the_pass_on_its_page():
    told = booking()
    made = Printed(pdf.render(told))
    for page, each in enumerate(told.passes):
        assert read_codes(made.picture(page)) == [each.code]


def test_passes_without_seats_are_counted():
    made = Printed(pdf.render(booking(("17", "40"), seated=False, event=None)))
    assert "2 of 2" in made.text(1)
    assert "Seat" not in made.text(1)


def test_a_refunded_pass_is_not_printed():
    made = Printed(pdf.render(booking(refunded=["A-1"])))
    assert len(made) == 1
    assert "A-2" in made.text()


def test_the_longest_texts_leave_the_code_readable():
    told = booking(("W" * 20,), **LONG)
    made = Printed(pdf.render(told))
    assert read_codes(made.picture()) == [told.passes[0].code]
    assert told.passes[0].id in made.text()
    assert "…" in made.text()


def test_the_same_booking_is_the_same_file_in_any_process():
    environment = os.environ | {"PYTHONPATH": ".", "PYTHONHASHSEED": "7"}
    command = [sys.executable, "-W", "ignore", "-c", ANEW]
    again = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert again.stdout == pdf.render(booking())


def test_a_document_says_what_it_is_and_when_it_was_ordered():
    content = pdf.render(booking(name="Ópera\n園"))
    about = Printed(content).about
    assert about["Title"] == "Passes for Ópera 園"
    assert about["CreationDate"].startswith("D:20240312210121")
    assert b"/Lang (en" in content
    assert b"/DisplayDocTitle true" in content
    assert b"/Alt" in content


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_name_in_any_script_is_drawn(name):
    chosen = fonts.needed_for(name)
    assert fonts.drawable(name, chosen) == name
    assert fonts.UNKNOWN not in Printed(pdf.render(booking(name=name))).text()


@pytest.mark.parametrize(
    "name", [name for name in SCRIPTS if "أ" not in name] + MORE_SCRIPTS
)
def test_a_name_is_read_as_it_was_written(name):
    """By who searches, copies, or has it read aloud."""
    assert name in Printed(pdf.render(booking(name=name))).text()


def test_no_script_that_was_printed_stays_in_memory():
    """All of them together, in a process that has printed none before."""
    command = [sys.executable, "-W", "ignore", "-c", EVERY_SCRIPT, *SCRIPTS]
    environment = os.environ | {"PYTHONPATH": "."}
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert int(done.stdout) < 30_000


def test_only_the_fonts_that_are_needed_are_used():
    assert fonts.needed_for("Opera") == [fonts.MAIN]
    assert len(fonts.needed_for("Opera オペラ")) == 2


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("a\N{GOTHIC LETTER AHSA}b", f"a{fonts.UNKNOWN}b"),
        ("a\ud800b", f"a{fonts.UNKNOWN}b"),
        ("a\N{LANGUAGE TAG}b", "ab"),
        ("a\N{VARIATION SELECTOR-17}b", "ab"),
    ],
)
def test_what_no_font_has_is_replaced_and_what_is_invisible_is_left_out(text, drawn):
    assert fonts.drawable(text, fonts.FONTS) == drawn
    assert pdf.render(booking(name=text)).startswith(b"%PDF")


@settings(max_examples=25)
@given(
    st.text(max_size=60),
    st.text(st.sampled_from("\u202e\u2066\u2069\u200d\u0627\u05d0A \u0301\n\0\u00ad")),
)
def test_no_text_is_too_strange_to_be_printed(name, venue):
    assert pdf.render(booking(("A-1",), name=name, venue=venue)).startswith(b"%PDF")


def test_others_are_served_while_passes_are_printed():
    heard = []
    pdf.render.cache_clear()
    eventlet.spawn_n(heard.append, "others")
    made = pdf.make(booking())
    assert heard == ["others"]
    assert made == pdf.render(booking())


def test_what_is_asked_for_again_is_not_printed_again():
    assert pdf.make(booking()) is pdf.make(booking())
    assert pdf.make(booking()) != pdf.make(booking(refunded=["A-1"]))


def test_one_booking_is_printed_at_a_time(monkeypatch):
    at_work, most = [], []

    def slow(_booking):
        at_work.append(1)
        most.append(len(at_work))
        eventlet.sleep(0.01)
        at_work.pop()
        return b"%PDF"

    monkeypatch.setattr(pdf, "render", slow)
    pool = eventlet.GreenPool(4)
    assert list(pool.imap(pdf.make, range(4))) == [b"%PDF"] * 4
    assert max(most) == 1
