"""Codes of passes: only those that this system has signed. Ids: typed in any way."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from orders_passes_house import seed
from unit_doubles import NO_IDS, TICKET

from orders.passes.codes import (
    ALPHABET,
    Claims,
    PassCodes,
    checked_pass_id,
    new_pass_id,
)
from ticketing.errors import NotFoundError

CODES = PassCodes.parse(f"k1={seed(1)}, k2={seed(2)}")
CLAIMS = Claims(TICKET, "A-1", "K7QM4T9X2BHD")
CODE = CODES.sign(CLAIMS)
BODY = {"event": TICKET, "unit": "A-1", "pass": "K7QM4T9X2BHD"}


def key(number):
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def forge(body=BODY, number=1, algorithm="EdDSA", **header):
    return jwt.encode(body, key(number), algorithm, headers={"kid": "k1"} | header)


def part(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def parts(code):
    return [urlsafe_b64decode(text + "==") for text in code.split(".")]


def test_what_was_signed_is_read():
    assert CODES.read(CODE) == CLAIMS


def test_a_code_says_what_the_contract_says_and_nothing_else():
    header, body, _ = parts(CODE)
    assert json.loads(header) == {"alg": "EdDSA", "kid": "k1"}
    assert json.loads(body) == BODY


def test_a_pass_has_one_code():
    assert CODES.sign(CLAIMS) == CODE


def test_the_forger_of_these_tests_makes_genuine_codes_when_asked_to():
    assert CODES.read(forge()) == CLAIMS
    assert CODES.read(forge(number=2, kid="k2")) == CLAIMS


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": 3},
        {"number": 2},
        {"kid": "k2"},
        {"kid": "k9"},
        {"kid": ""},
        {"kid": "../k1"},
        {"number": 3, "kid": "k3"},
        {"number": 3, "jwk": {"kty": "OKP", "crv": "Ed25519", "x": seed(3)}},
        {"body": {"event": TICKET, "unit": "A-1"}},
        {"body": {}},
    ],
    ids=str,
)
def test_a_code_with_one_thing_wrong_is_none(wrong):
    assert CODES.read(forge(**wrong)) is None


def test_a_code_without_a_key_id_is_none():
    assert CODES.read(jwt.encode(BODY, key(1), "EdDSA")) is None


@given(st.integers(0, 2), st.data())
def test_a_code_with_one_changed_bit_is_none(which, data):
    changed = parts(CODE)
    bit = data.draw(st.integers(0, 8 * len(changed[which]) - 1))
    text = bytearray(changed[which])
    text[bit // 8] ^= 1 << bit % 8
    changed[which] = bytes(text)
    assert CODES.read(".".join(map(part, changed))) is None


def test_a_code_with_another_passes_signature_is_none():
    other = CODES.sign(Claims(TICKET, "A-2", "K7QM4T9X2BHE"))
    mixed = CODE.rpartition(".")[0] + "." + other.rpartition(".")[2]
    assert CODES.read(mixed) is None


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "", None])
@pytest.mark.parametrize("signature", ["", CODE.rpartition(".")[2]])
def test_an_unsigned_code_is_none(algorithm, signature):
    header = part(json.dumps({"alg": algorithm, "kid": "k1"}).encode())
    body = part(json.dumps(BODY).encode())
    assert CODES.read(f"{header}.{body}.{signature}") is None


def test_a_public_key_is_not_taken_for_a_secret():
    public = key(1).public_key().public_bytes_raw()
    assert CODES.read(jwt.encode(BODY, public, "HS256", headers={"kid": "k1"})) is None


@pytest.mark.parametrize("kid", [1, None, ["k1"], {"k1": 1}])
def test_a_key_id_of_another_type_is_none(kid):
    header = part(json.dumps({"alg": "EdDSA", "kid": kid}).encode())
    assert CODES.read(f"{header}.{CODE.partition('.')[2]}") is None


@given(st.text() | st.from_regex(r"[\w-]*\.[\w-]*\.[\w-]*", fullmatch=True))
def test_any_other_text_is_none(text):
    assert CODES.read(text) is None


def test_half_a_character_is_none():
    assert CODES.read(CODE + "\ud800") is None


@pytest.mark.parametrize("depth", [700, 1400, 20_000])
def test_a_deeply_nested_header_is_none(depth):
    deep = b'{"alg":"EdDSA","kid":"k1","x":' + b"[" * depth + b"]" * depth + b"}"
    assert CODES.read(f"{part(deep)}.e30.x") is None


def test_a_new_signing_key_leaves_the_codes_of_the_old_one_genuine():
    after = PassCodes.parse(f"k3={seed(3)},k1={seed(1)}")
    assert after.read(CODE) == CLAIMS
    assert jwt.get_unverified_header(after.sign(CLAIMS))["kid"] == "k3"


def test_a_removed_key_takes_its_codes_along():
    assert PassCodes.parse(f"k2={seed(2)}").read(CODE) is None


def test_the_public_keys_are_those_of_the_standards_example():
    """RFC 8037, appendix A."""
    secret = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
    x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    for text in (f"example={secret}", f"example={secret}="):
        assert PassCodes.parse(text).public_keys() == {
            "keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "example", "x": x}]
        }


def test_whoever_has_the_public_keys_can_verify_a_code():
    keys = jwt.PyJWKSet.from_dict(CODES.public_keys())
    assert [each.key_id for each in keys.keys] == ["k1", "k2"]
    assert jwt.decode(CODE, keys["k1"], algorithms=["EdDSA"]) == BODY


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "k1",
        "k1=",
        f"={seed(1)}",
        "k1=c2hvcnQ",
        f"k1={seed(1)}A",
        f"k1={seed(1)[:-1]}",
        f"k1={seed(1)[:-2]}!!{seed(1)[-2:]}",
        f"k1={seed(1)},k2=short",
        f"k1={seed(1)},",
        f"k1={seed(1)},k1={seed(2)}",
    ],
)
def test_a_ring_with_a_wrong_or_nameless_key_is_refused_without_showing_it(text):
    with pytest.raises(ValueError, match=r"base64url|of its own") as refused:
        PassCodes.parse(text)
    assert seed(1)[:20] not in str(refused.value)


def test_ids_are_written_in_the_letters_that_nobody_mistakes():
    ids = {new_pass_id() for _ in range(200)}
    assert len(ids) == 200
    assert all(len(pass_id) == 12 for pass_id in ids)
    assert set("".join(ids)) == set(ALPHABET)
    assert not set("ILOU") & set(ALPHABET)


@pytest.mark.parametrize(
    "typed",
    [
        "K7QM4T9X2BHD",
        "K7QM-4T9X-2BHD",
        "k7qm-4t9x-2bhd",
        " k7qm 4t9x 2bhd\n",
        "k7-qm4-t9x2bh-d",
    ],
)
def test_an_id_is_known_however_it_is_typed(typed):
    assert checked_pass_id(typed) == "K7QM4T9X2BHD"


def test_letters_that_look_like_digits_are_those_digits():
    assert checked_pass_id("oOiI-lL01-2345") == "001111012345"


@given(st.text(ALPHABET, min_size=12, max_size=12))
def test_an_id_stands_for_itself(pass_id):
    assert checked_pass_id(pass_id) == pass_id == checked_pass_id(pass_id.lower())


NO_PASS_IDS = [
    *NO_IDS,
    "K7QM4T9X2BH",
    "K7QM4T9X2BHDD",
    "U7QM4T9X2BHD",
    "K7QM_4T9X_2BHD",
    "K7QM4T9X2BH\u0131",
    "\uff2b7QM4T9X2BHD",
    None,
    12,
    ["K7QM4T9X2BHD"],
]


@pytest.mark.parametrize("typed", NO_PASS_IDS, ids=lambda typed: repr(typed)[:20])
def test_what_can_be_no_id_is_not_found(typed):
    with pytest.raises(NotFoundError):
        checked_pass_id(typed)
