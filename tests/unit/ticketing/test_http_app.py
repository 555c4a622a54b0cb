"""From a raw request to an answer, through routes of a small service."""

import json

import pytest
from http_shop import HTML
from unit_doubles import ANN, Site, worker

from ticketing import service, tracing
from ticketing.errors import BadRequestError, NotAuthenticatedError
from ticketing.http import Request, json_response, route
from ticketing.http.app import App
from ticketing.http.parsing import RawRequest


def test_a_list_or_object_is_answered_as_json(site):
    answer = site.get("/things?q=%C3%A9")
    assert (answer.status, answer.json) == (200, [{"q": "é", "user": False}])
    assert answer.headers["Content-Type"] == "application/json"


def test_an_answer_made_by_hand_is_sent_as_it_is(site):
    assert site.get("/page").headers["Content-Type"] == HTML


def test_a_command_answers_with_its_status(site):
    answer = site.post("/things", {"title": "x", "price": 1}, user=ANN)
    assert (answer.status, answer.json) == (201, {"title": "x", "by": ANN})


@pytest.mark.parametrize(
    ("body", "user", "status"),
    [
        (b"not json", None, 401),
        (b"not json", ANN, 400),
        ({"title": 1}, ANN, 400),
        ({"title": "x", "price": 1}, ANN, 201),
    ],
)
def test_the_session_is_checked_before_the_body(site, body, user, status):
    assert site.post("/things", body, user=user).status == status


def test_all_wrong_fields_are_named_at_once(site):
    answer = site.post("/things", {"title": 1, "price": -1}, user=ANN)
    assert answer.fields == {"title", "price"}
    assert "Price is wrong" in answer.messages


def test_a_command_from_another_site_is_refused_before_anything_else(site):
    answer = site.post("/things", b"", user=ANN, Sec_Fetch_Site="cross-site")
    assert (answer.status, answer.messages) == (
        403,
        ["This request came from another site"],
    )


def test_a_route_may_take_commands_from_anywhere(site):
    answer = site.post("/hook", b"raw \xc3\xa9", Sec_Fetch_Site="cross-site")
    assert answer.json == {"body": "raw é"}


@pytest.mark.parametrize("path", ["/", "/nothing", "/things/1/2", "/%00"])
def test_an_unknown_route_is_not_found(site, path):
    answer = site.get(path)
    assert (answer.status, answer.messages) == (404, ["Not found"])


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/things", "GET, HEAD, POST"),
        ("TRACE", "/things", "GET, HEAD, POST"),
        ("OPTIONS", "/hook", "POST"),
        ("POST", "/livez", "GET, HEAD"),
        ("DELETE", "/readyz", "GET, HEAD"),
        ("TRACE", "/metrics", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_told_the_right_ones(site, method, path, allowed):
    answer = site.ask(method, path)
    assert (answer.status, answer.messages) == (405, ["Method not allowed"])
    assert answer.headers["Allow"] == allowed


def test_what_nobody_foresaw_keeps_its_text_to_itself(site):
    answer = site.get("/broken")
    assert answer.status == 500
    assert answer.messages == ["Something went wrong"]
    assert b"secret" not in answer.body
    assert answer.json["errors"][0]["requestId"] == answer.headers["X-Request-Id"]


def test_a_part_that_is_away_is_503(site):
    answer = site.get("/away")
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


def test_a_known_answer_is_left_out(site):
    first = site.get("/things")
    again = site.get("/things", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")
    assert site.get("/things?q=1", If_None_Match=first.headers["ETag"]).status == 200


def test_every_answer_protects_its_reader(site):
    for path in ("/things", "/nothing", "/broken", "/livez"):
        headers = site.get(path).headers
        assert "default-src 'self'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Permissions-Policy"].startswith("camera=(self)")
        assert "Cache-Control" in headers
        assert "Strict-Transport-Security" not in headers
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Date"].endswith(" GMT")


def test_a_request_carries_on_its_callers_trace(site):
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    answer = site.get("/things", traceparent=f"00-{trace}-00f067aa0ba902b7-01")
    assert answer.headers["X-Request-Id"] == trace


def test_a_request_without_a_good_trace_begins_one(site):
    answers = [site.get("/things", traceparent="evil") for _ in range(2)]
    ids = {answer.headers["X-Request-Id"] for answer in answers}
    assert len(ids) == 2
    assert "evil" not in ids


def test_forged_addresses_are_ignored(site):
    forged = {"X_Forwarded_Host": "evil.example", "X_Forwarded_For": "1.1.1.1"}
    assert site.get("/things", **forged).status == 200
    answer = site.post(
        "/hook", b"", Origin="https://evil.example", X_Forwarded_Host="evil.example"
    )
    assert answer.status == 200  # this route takes everyone's
    answer = site.post(
        "/things", b"", Origin="https://evil.example", X_Forwarded_Host="evil.example"
    )
    assert answer.status == 403


def test_it_is_alive_and_ready(site):
    assert site.get("/livez").json == {"status": "ok"}
    assert site.get("/readyz").json == {"status": "ok", "dependencies": {}}


def test_requests_are_counted_by_route_and_not_by_path(site):
    for number in range(3):
        site.get(f"/things/{number}")
    site.get("/nothing/1")
    text = site.get("/metrics").body.decode()
    assert 'route="/things/<thing_id>",status="200"} ' in text
    assert "/things/1" not in text
    assert "/nothing" not in text
    assert site.get("/metrics").body.startswith(b"# HELP")


def test_the_routes_of_a_service_that_has_gone_are_not_found(site):
    site.app.remove(site)
    assert site.get("/things").status == 404


def test_services_side_by_side_answer_each_for_its_own(site):
    class OtherService(service.Service):
        name = "other"

        @route("GET", "/others")
        def get_others(self, request):
            return json_response({"other": True})

    other = Site(worker(OtherService))
    site.app.add(other, [bound.rule for bound in other.routes])
    assert site.get("/others").json == {"other": True}
    assert site.get("/things").status == 200


@pytest.mark.parametrize(
    ("target", "path"),
    [
        (b"/a%2Fb", "/a/b"),
        (b"/%ff", "/\ufffd"),
    ],
)
def test_any_form_of_address_is_a_path(target, path):
    seen = []

    class Watching(App):
        def _dispatch(self, request):
            seen.append(request.path)
            return json_response({})

    Watching().answer(RawRequest("GET", target), "192.0.2.1", ("h", 1))
    assert seen == [path]


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a\x7fb"])
def test_an_idempotency_key_of_another_kind_is_refused(key):
    environ = {"HTTP_IDEMPOTENCY_KEY": key, "REQUEST_METHOD": "POST"}
    with pytest.raises(BadRequestError, match="1 to 255"):
        assert Request(environ).idempotency_key


def test_a_handler_that_asks_for_a_session_gets_one_or_ends_in_401():
    with pytest.raises(NotAuthenticatedError):
        assert Request({}).session


def test_an_idempotency_key_may_be_left_out():
    assert Request({}).idempotency_key is None
    assert Request({"HTTP_IDEMPOTENCY_KEY": "a" * 255}).idempotency_key == "a" * 255


def test_a_worker_is_given_the_trace_of_its_request(site):
    given = []
    original = site.spawn_worker

    def spawn_worker(*args, context_data, **kwargs):
        given.append(context_data)
        return original(*args, context_data=context_data, **kwargs)

    site.spawn_worker = spawn_worker
    request_id = site.get("/things").headers["X-Request-Id"]
    assert tracing.trace_id(given[0][tracing.CONTEXT_KEY]) == request_id
    assert json.dumps(given[0])
