"""Answers: the shape of errors, and answers that are left out when they are known."""

import pytest
from werkzeug.exceptions import MethodNotAllowed, NotFound, UnsupportedMediaType
from werkzeug.wrappers import Response

from ticketing import errors, tracing
from ticketing.http.app import refusal
from ticketing.http.responses import error_response, json_response, make_conditional

STATUSES = {
    errors.BadRequestError: 400,
    errors.NotAuthenticatedError: 401,
    errors.NotOwnerError: 401,
    errors.ForbiddenError: 403,
    errors.NotFoundError: 404,
    errors.KeyReusedError: 422,
    errors.UnavailableError: 503,
    errors.ConcurrentUpdateError: 503,
    errors.TicketingError: 500,
}


@pytest.mark.parametrize(("kind", "status"), STATUSES.items(), ids=str)
def test_an_error_of_ours_has_its_status_and_its_words(kind, status):
    response = error_response(kind())
    assert response.status_code == status
    assert response.json == {"errors": [{"message": kind.__doc__}]}


def test_an_error_may_say_more_than_its_name():
    response = error_response(errors.BadRequestError("Email in use"))
    assert response.json == {"errors": [{"message": "Email in use"}]}


def test_every_invalid_field_is_named():
    listed = [{"message": "a", "field": "x"}, {"message": "b", "field": "y"}]
    response = error_response(errors.InvalidInputError(listed))
    assert response.status_code == 400
    assert response.json == {"errors": listed}


def test_what_is_away_says_when_to_come_back():
    assert error_response(errors.UnavailableError()).headers["Retry-After"] == "1"
    assert "Retry-After" not in error_response(errors.NotFoundError()).headers


def test_what_nobody_foresaw_keeps_its_text_and_tells_an_id():
    tracing.follow(traceparent := tracing.new_traceparent())
    response = error_response(KeyError("secret"))
    assert response.status_code == 500
    assert response.json == {
        "errors": [
            {
                "message": "Something went wrong",
                "requestId": tracing.trace_id(traceparent),
            }
        ]
    }


@pytest.mark.parametrize(
    ("error", "message"),
    [(NotFound(), "Not found"), (UnsupportedMediaType(), "Unsupported Media Type")],
)
def test_the_routers_errors_have_the_same_shape(error, message):
    response = error_response(error)
    assert response.status_code == error.code
    assert response.json == {"errors": [{"message": message}]}


def test_a_wrong_method_learns_the_right_ones():
    response = error_response(MethodNotAllowed(["POST", "GET"]))
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, POST"


@pytest.mark.parametrize("status", [400, 413, 414, 431])
def test_a_refusal_has_the_same_shape_and_ends_the_connection(status):
    response = refusal(status)
    assert response.status_code == status
    assert list(response.json["errors"][0]) == ["message"]
    assert response.headers["Connection"] == "close"


def etag_of(data):
    response = json_response(data)
    make_conditional(response, None)
    return response.headers["ETag"]


def test_an_answer_that_the_client_has_is_left_out():
    response = json_response([1, 2])
    make_conditional(response, f'"other", {etag_of([1, 2])}')
    assert response.status_code == 304
    assert response.get_data() == b""
    assert response.headers["ETag"] == etag_of([1, 2])


def test_a_tag_is_known_in_its_strong_form_too_and_any_tag_by_a_star():
    """Tags are compared weakly: only what stands between the quotes counts."""
    for known in (etag_of([1, 2]).removeprefix("W/"), "*", ' "a" , * '):
        response = json_response([1, 2])
        make_conditional(response, known)
        assert response.status_code == 304


@pytest.mark.parametrize("known", [None, "", '"other"', "W/", "junk,,;"])
def test_an_answer_that_the_client_lacks_is_sent(known):
    response = json_response([1, 2])
    make_conditional(response, known)
    assert (response.status_code, response.json) == (200, [1, 2])


def test_another_answer_has_another_tag():
    assert etag_of([1]) != etag_of([2])
    assert etag_of([1]) == etag_of([1])


def test_an_answer_is_for_its_reader_alone_and_is_asked_for_again():
    response = json_response([])
    make_conditional(response, None)
    assert response.headers["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    "response", [json_response({}, 201), json_response({}, 404), Response(iter("ab"))]
)
def test_only_a_whole_answer_has_a_tag(response):
    make_conditional(response, "*")
    assert "ETag" not in response.headers
