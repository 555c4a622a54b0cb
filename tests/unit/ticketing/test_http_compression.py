"""Text is compressed for those who take it, and means the same as before."""

import gzip
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from unit_doubles import Site, worker
from werkzeug.wrappers import Response

from ticketing import service
from ticketing.http import kept, route
from ticketing.http.kept import Kept, KeptResponse
from ticketing.http.server import Listener

LONG = "Row 3, seat 12; " * 500
FILE = Kept(LONG.encode(), 9)
UNCHANGING = "public, max-age=31536000, immutable"


class PaperService(service.Service):
    name = "paper"

    @route("GET", "/list")
    def get_list(self, request):
        return {"long": LONG}

    @route("POST", "/list", status=201)
    def post_list(self, request):
        return {"long": LONG}

    @route("GET", "/of/<int:size>")
    def get_of_size(self, request, size):
        return Response("x" * size, content_type="text/plain")

    @route("GET", "/typed/<path:mimetype>")
    def get_typed(self, request, mimetype):
        return Response(LONG, mimetype=mimetype)

    @route("GET", "/stream")
    def get_stream(self, request):
        return Response(iter([LONG.encode()] * 2), content_type="text/csv")

    @route("GET", "/file")
    def get_file(self, request):
        response = KeptResponse(FILE, mimetype="text/javascript")
        response.headers["Cache-Control"] = UNCHANGING
        return response


@pytest.fixture
def paper():
    return Site(worker(PaperService))


def text_of(answer):
    assert answer.headers["Content-Encoding"] == "gzip"
    return gzip.decompress(answer.body).decode()


def is_compressed(answer):
    return "Content-Encoding" in answer.headers


def test_a_long_text_is_compressed_for_who_takes_gzip(paper):
    plain = paper.get("/list")
    answer = paper.get("/list", Accept_Encoding="br, gzip, deflate")
    assert text_of(answer) == plain.body.decode()
    assert len(answer.body) < len(plain.body) / 10
    assert answer.headers["Content-Length"] == str(len(answer.body))


@pytest.mark.parametrize(
    "accepted",
    [
        "",
        "br",
        "identity",
        "gzip;q=0",
        "gzip;q=0.000",
        "*;q=0",
        "gzip;q=0, *",
        "gzip;q=junk",
    ],
)
def test_who_does_not_take_gzip_is_sent_it_plain(paper, accepted):
    answer = paper.get("/list", Accept_Encoding=accepted)
    assert not is_compressed(answer)
    assert answer.json == {"long": LONG}
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["gzip", "GZip", "*", "br;q=1, gzip;q=0.1"])
def test_any_way_to_take_gzip_will_do(paper, accepted):
    assert is_compressed(paper.get("/list", Accept_Encoding=accepted))


@pytest.mark.parametrize(("size", "expected"), [(1023, False), (1024, True)])
def test_a_short_text_is_not_worth_it(paper, size, expected):
    answer = paper.get(f"/of/{size}", Accept_Encoding="gzip")
    assert is_compressed(answer) is expected
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    "mimetype",
    [
        "text/html",
        "text/css",
        "text/csv",
        "text/plain",
        "text/javascript",
        "text/calendar",
        "application/json",
        "application/manifest+json",
        "image/svg+xml",
    ],
)
def test_every_kind_of_text_is_compressed(paper, mimetype):
    answer = paper.get(f"/typed/{mimetype}", Accept_Encoding="gzip")
    assert text_of(answer) == LONG


@pytest.mark.parametrize(
    "mimetype", ["application/pdf", "image/png", "application/octet-stream"]
)
def test_what_is_compact_already_is_left_alone(paper, mimetype):
    answer = paper.get(f"/typed/{mimetype}", Accept_Encoding="gzip")
    assert not is_compressed(answer)
    assert "Vary" not in answer.headers


def test_a_tag_names_what_is_said_and_not_how_it_is_sent(paper):
    plain, packed = paper.get("/list"), paper.get("/list", Accept_Encoding="gzip")
    assert plain.headers["ETag"] == packed.headers["ETag"]
    for accepted in ("gzip", "identity"):
        again = paper.get(
            "/list", Accept_Encoding=accepted, If_None_Match=packed.headers["ETag"]
        )
        assert (again.status, again.body) == (304, b"")
        assert not is_compressed(again)
        assert again.headers["Vary"] == "Accept-Encoding"


def test_answers_to_commands_are_compressed_too(paper):
    answer = paper.post("/list", Accept_Encoding="gzip")
    assert (answer.status, is_compressed(answer)) == (201, True)


def test_head_has_the_headers_of_get(paper):
    get = paper.get("/list", Accept_Encoding="gzip")
    head = paper.ask("HEAD", "/list", Accept_Encoding="gzip")
    names = ("Content-Encoding", "Content-Length", "ETag", "Vary", "Content-Type")
    assert [head.headers[n] for n in names] == [get.headers[n] for n in names]


def test_a_stream_is_sent_as_it_comes(paper):
    answer = paper.get("/stream", Accept_Encoding="gzip")
    assert not is_compressed(answer)
    assert answer.body.decode() == LONG * 2


def test_what_is_kept_is_tagged_and_compressed_once(paper, monkeypatch):
    """And is answered as it would be otherwise."""
    first = paper.get("/file", Accept_Encoding="gzip")
    monkeypatch.setattr(kept, "gzip", None)
    monkeypatch.setattr(kept, "tag_of", None)
    again = paper.get("/file", Accept_Encoding="gzip")
    assert text_of(again) == text_of(first) == LONG
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == UNCHANGING
    known = paper.get("/file", If_None_Match=first.headers["ETag"])
    assert (known.status, known.body) == (304, b"")
    assert paper.get("/file").body == LONG.encode()


@contextmanager
def served(site):
    listener = Listener(("127.0.0.1", 0), share_port=False)
    listener.app.add(site, [bound.rule for bound in site.routes])
    listener.acquire()
    client = HTTPConnection(*listener._socket.getsockname(), timeout=5)
    try:
        yield client
    finally:
        client.close()
        listener.release()


def test_on_the_wire_lengths_fit_and_the_connection_goes_on(paper):
    with served(paper) as client:
        for method, accepted in (
            ("GET", "gzip"),
            ("HEAD", "gzip"),
            ("GET", "gzip;q=0"),
        ):
            client.request(method, "/list", headers={"Accept-Encoding": accepted})
            answer = client.getresponse()
            body = answer.read()
            packed = answer.headers["Content-Encoding"] == "gzip"
            assert packed == (accepted == "gzip")
            assert len(answer.headers.get_all("Content-Length")) == 1
            if method == "HEAD":
                assert body == b""
                continue
            assert int(answer.headers["Content-Length"]) == len(body)
            assert LONG.encode() in (gzip.decompress(body) if packed else body)
