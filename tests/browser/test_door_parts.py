"""The parts of the door that look at nothing but what they are given."""

from base64 import b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from orders.passes.codes import Claims, PassCodes

pytest_plugins = ("door_fixtures",)

PASS, EVENT = "K7QM4T9X2BHD", "a" * 24
SOUTH = {"at": "2030-01-31T19:02:00.000Z", "door": "South door"}
VALID = {"unit": "A-1", "status": "valid"}
ADMITTED = VALID | {
    "status": "admitted",
    "admittedAt": SOUTH["at"],
    "door": "South door",
}
REFUNDED = VALID | {"status": "refunded"}
TYPED = {"id": PASS}
SIGNED = {"id": PASS, "event": EVENT, "unit": "A-1", "code": "x.y.z"}
ELSEWHERE = SIGNED | {"event": "b" * 24}

WELCOME = {"outcome": "welcome", "unit": "A-1"}
ALREADY_IN = {"outcome": "already in", "unit": "A-1"} | SOUTH


@pytest.fixture
def scripts(browse):
    """Calls a function of one of the door's modules."""
    page = browse().new_page()
    page.goto("/")

    def call(module, name, *arguments):
        return page.evaluate(
            f"""async (given) => {{
              const module = await import("/static/x/door-{module}.js");
              return module.{name}(...given);
            }}""",
            list(arguments),
        )

    return call


@pytest.mark.parametrize(
    ("known", "verdict"),
    [
        ({"found": None}, "not genuine"),
        ({"found": SIGNED, "signature": "bad", "pass": VALID}, "not genuine"),
        ({"found": ELSEWHERE, "signature": "bad"}, "not genuine"),
        ({"found": ELSEWHERE, "signature": "good"}, "other event"),
        ({"found": ELSEWHERE, "signature": "unchecked"}, "other event"),
        ({"found": SIGNED, "signature": "good", "pass": VALID}, WELCOME),
        ({"found": SIGNED, "signature": "unchecked", "pass": VALID}, WELCOME),
        ({"found": TYPED, "pass": VALID}, WELCOME),
        ({"found": TYPED, "pass": ADMITTED}, ALREADY_IN),
        ({"found": TYPED, "pass": VALID, "admission": SOUTH}, ALREADY_IN),
        ({"found": SIGNED, "signature": "good", "pass": ADMITTED}, ALREADY_IN),
        ({"found": TYPED, "pass": REFUNDED}, {"outcome": "refunded", "unit": "A-1"}),
        (
            {"found": TYPED, "pass": REFUNDED, "admission": SOUTH},
            {"outcome": "refunded", "unit": "A-1"},
        ),
        ({"found": SIGNED, "signature": "good"}, WELCOME | {"early": True}),
        ({"found": SIGNED, "signature": "good", "admission": SOUTH}, ALREADY_IN),
        ({"found": SIGNED, "signature": "unchecked"}, "unknown"),
        ({"found": SIGNED, "signature": "unchecked", "fresh": True}, "not genuine"),
        ({"found": TYPED}, "unknown"),
        ({"found": TYPED, "fresh": True}, "other event"),
    ],
)
def test_what_becomes_of_a_scan(scripts, known, verdict):
    expected = {"outcome": verdict} if isinstance(verdict, str) else verdict
    assert scripts("decide", "decide", {"listing": EVENT} | known) == expected


@pytest.mark.parametrize(
    "text", [PASS, "k7qm-4t9x-2bhd", " K7QM 4T9X\t2BHD\n", "K-7-Q-M-4T9X2BHD"]
)
def test_a_short_code_is_read_however_it_is_written(scripts, text):
    assert scripts("read", "read", text) == {"id": PASS}


def test_letters_that_look_like_digits_are_taken_for_them(scripts):
    assert scripts("read", "read", "oOiI-lL00-1111") == {"id": "001111001111"}


@pytest.mark.parametrize(
    "text",
    ["", "K7QM4T9X2BH", f"{PASS}0", "K7QM4T9X2BHU", "a.b", "a.b.c", "e30.e30.e30"],
)
def test_any_other_text_is_no_pass(scripts, text):
    assert scripts("read", "read", text) is None


@pytest.fixture
def codes():
    return PassCodes({"k1": Ed25519PrivateKey.generate()})


def test_a_signature_is_checked_with_the_key_it_names(scripts, codes):
    """One key's signature is not good for another; without the key nobody can tell."""
    code = codes.sign(Claims(EVENT, "Loge 1/2", PASS))
    found = scripts("read", "read", code)
    assert found == {
        "id": PASS,
        "event": EVENT,
        "unit": "Loge 1/2",
        "kid": "k1",
        "code": code,
    }
    other = PassCodes({"k1": Ed25519PrivateKey.generate()})
    for keys, result in (
        (codes.public_keys()["keys"], "good"),
        (other.public_keys()["keys"], "bad"),
        ([], "unchecked"),
    ):
        assert scripts("read", "check", found, keys) == result


def test_a_code_that_says_it_needs_no_signature_is_no_pass(scripts, codes):
    """The header cannot choose another way of signing."""
    _, claims, signature = codes.sign(Claims(EVENT, "A-1", PASS)).split(".")
    for header in (b'{"alg":"none","kid":"k1"}', b'{"alg":"HS256","kid":"k1"}'):
        forged = f"{b64encode(header).decode().rstrip('=')}.{claims}.{signature}"
        assert scripts("read", "read", forged) is None
