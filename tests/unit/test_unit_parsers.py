"""Every parser, on whatever it may be given: it reads it, or says what is wrong."""

import os
import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auth.inputs import PasswordInput, SignInInput, SignUpInput
from orders.inputs import OrderInput, RefundInput
from orders.passes.codes import PassCodes, checked_pass_id
from orders.passes.inputs import AdmitInput
from payments.inputs import PaymentInput, Period
from payments.signed_events import SignedEvents
from ticketing import contract, tracing
from ticketing.config import positive
from ticketing.errors import HopelessError, TicketingError
from ticketing.http.parsing import RawRequest
from ticketing.http.request import Request, environ_of, validate
from ticketing.http.same_site import check_same_site
from ticketing.http.sockets import parse_address
from ticketing.ids import checked_id
from ticketing.keyring import KeyRing
from ticketing.messages import parse
from ticketing.paging import page_of
from ticketing.production import weakness
from ticketing.public_url import public_url
from ticketing.setting_files import variables
from tickets.inputs import TicketChange, TicketInput
from tickets.search import search_of
from web.languages import locale_of
from web.mail.message import Sender
from web.mail.smtp import SmtpServer

MORE = settings(max_examples=int(os.environ.get("FUZZ_EXAMPLES", "60")))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
TEXT = st.text() | st.text(string.printable)
SETTINGS = {
    "sessions' keys": KeyRing.parse,
    "passes' keys": PassCodes.parse,
    "an address": parse_address,
    "a number": positive,
    "a mail server": SmtpServer.parse,
    "a sender": Sender.parse,
}
INPUTS = [
    SignUpInput,
    SignInInput,
    PasswordInput,
    TicketInput,
    TicketChange,
    OrderInput,
    RefundInput,
    PaymentInput,
    Period,
    AdmitInput,
]


def fault(kind, call, *args):
    """What of this kind the call raises, None when it returns."""
    try:
        call(*args)
    except kind as error:
        return error
    return None


def statuses(call, *args):
    error = fault(TicketingError, call, *args)
    return error.status if error else 200


EVENTS = [each for each in vars(contract).values() if hasattr(each, "subject")]


@pytest.mark.parametrize("cast", SETTINGS.values(), ids=SETTINGS)
def test_a_setting_is_read_or_refused_with_a_value_error(cast):
    @MORE
    @given(TEXT)
    def check(text):
        error = fault(ValueError, cast, text)
        assert error is None or str(error)

    check()


@MORE
@given(TEXT)
def test_where_people_reach_the_pages_is_an_address_or_named(text):
    config = {"PUBLIC_URL": text, "WEB_SERVER_ADDRESS": "a:1"}
    stopped = fault(SystemExit, public_url, config)
    if stopped:
        assert "PUBLIC_URL" in str(stopped)
    else:
        assert public_url(config).startswith(("http://", "https://"))


@MORE
@given(st.sampled_from(["NATS_URL", "JWT_KEYS", "STRIPE_WEBHOOK_SECRET"]), TEXT)
def test_any_setting_is_weak_or_not(key, text):
    found = weakness(key, text)
    assert found is None or found.strip()


@pytest.mark.parametrize("shape", INPUTS, ids=lambda shape: shape.__name__)
def test_a_body_is_read_or_each_wrong_field_is_named(shape):
    """Also when it has the right names."""
    names = [field.alias or name for name, field in shape.model_fields.items()]

    @MORE
    @given(JSON | st.dictionaries(st.sampled_from(names), JSON))
    def check(body):
        error = fault(TicketingError, validate, shape, body)
        if error:
            assert error.status == 400
            assert all(each["message"] for each in error.errors)

    check()


@pytest.mark.parametrize("shape", EVENTS, ids=lambda shape: shape.__name__)
def test_a_message_is_an_event_or_hopeless(shape):
    @MORE
    @given(st.binary() | TEXT.map(lambda text: text.encode(errors="ignore")))
    def check(body):
        with pytest.raises(HopelessError, match="not a"):
            parse(shape, body)

    check()


@MORE
@given(st.dictionaries(st.sampled_from(["limit", "after", "order"]), TEXT))
def test_a_page_is_read_or_refused(query):
    assert statuses(page_of, query) in {200, 400}


@MORE
@given(
    st.dictionaries(st.sampled_from(["text", "from", "to", "availability"]), TEXT),
)
def test_a_search_is_read_or_refused(query):
    assert statuses(search_of, query) in {200, 400}


@MORE
@given(JSON)
def test_an_id_is_one_or_nothing_has_it(value):
    for check in (checked_id, checked_pass_id):
        assert statuses(check, value) in {200, 404}


@MORE
@given(JSON)
def test_a_trace_is_taken_over_or_begun(value):
    assert len(tracing.accept(value)) == 55


@MORE
@given(TEXT)
def test_a_reader_has_a_language(text):
    assert locale_of(text)


KEYS = KeyRing.parse("first=" + "k" * 40)
CODES = PassCodes.parse("first=" + "A" * 43)
GENUINE = KEYS.issue("a" * 24, "ann@example.com")


@MORE
@given(TEXT | st.tuples(TEXT, TEXT, TEXT).map(".".join))
def test_a_cookie_or_a_code_that_nobody_signed_is_nobodys(text):
    assert KEYS.verify(text) is None
    assert CODES.read(text) is None


@MORE
@given(st.integers(0, len(GENUINE) - 2), st.sampled_from(string.ascii_letters + "."))
def test_a_session_with_another_letter_is_nobodys(place, letter):
    """Wherever it is; the last one may have bits to spare."""
    forged = GENUINE[:place] + letter + GENUINE[place + 1 :]
    found = KEYS.verify(forged)
    assert (found is None) == (forged != GENUINE)


@MORE
@given(st.binary(), TEXT)
def test_a_webhook_that_stripe_did_not_sign_is_refused(body, signature):
    for given_signature in (signature, f"t=1,v1={signature}", f"t={signature},v1=x"):
        with pytest.raises(TicketingError) as refused:
            SignedEvents("whsec_x").notice_of(body, given_signature)
        assert refused.value.status == 400


HEADERS = st.sampled_from(
    ["host", "origin", "sec-fetch-site", "cookie", "content-type", "accept-language"]
)
# The parser of requests lets no other bytes through.
TARGET = st.text(st.characters(min_codepoint=33, max_codepoint=126)).map(str.encode)
LATIN = st.text(st.characters(max_codepoint=255))


@MORE
@given(TARGET, st.lists(st.tuples(HEADERS, LATIN)), st.binary())
def test_a_request_is_seen_whatever_its_bytes(target, headers, body):
    """Its path, its cookies, its query and whether another site sent it."""
    raw = RawRequest("POST", target, headers, body)
    request = Request(environ_of(raw, "127.0.0.1", ("a", 1)), populate_request=False)
    assert request.path.startswith("/")
    dict(request.args)
    dict(request.cookies)
    list(request.accept_languages)
    assert statuses(check_same_site, request) in {200, 403}


@MORE
@given(TEXT)
def test_the_variables_of_a_config_are_found(text):
    assert "SOME_NAME" in variables(text + "${SOME_NAME:x}")
