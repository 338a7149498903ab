"""What is not as in test_server 0.1.0: the table of README.md, row by row."""

import pytest
from wire import ask, form, get

from host_test_server import Response

test_server = pytest.importorskip("test_server")


@pytest.fixture
def both(server):
    theirs = test_server.TestServer()
    theirs.start()
    theirs.add_response(test_server.Response(data=b"ok"), count=-1)
    server.add_response(Response(data=b"ok"), count=-1)
    yield lambda request: (ask(theirs.port, request), ask(server.port, request)), theirs, server
    theirs.stop()


def status(answer):
    return answer.split(b"\r\n")[0].split(b" ")[1:2]


ROWS = {
    "no Host in HTTP/1.1": (b"GET / HTTP/1.1\r\n\r\n", b"200", b"400"),
    "a Content-Length that is no number": (get("/", "Content-Length: x"), b"555", b"400"),
    "an empty field in a form": (
        form(b'Content-Disposition: form-data; name="a"\r\n\r\n'), b"555", b"200"
    ),
    "a form that cannot be read": (form(b"no head"), b"555", b"200"),
    "a cookie that has no name": (get("/", "Cookie: a/b=c"), b"555", b"200"),
}


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.filterwarnings("ignore")
def test_other_answers(row, both):
    asked, _theirs, _ours = both
    request, theirs, ours = ROWS[row]
    answers = asked(request)
    assert [status(answer) for answer in answers] == [[theirs], [ours]]


def test_what_is_no_http(both):
    asked, _theirs, _ours = both
    theirs, ours = asked(b"what?\r\n\r\n")
    # As if it were HTTP/0.9, which has no status line.
    assert b"Error code: 400" in theirs and not theirs.startswith(b"HTTP/")
    assert ours.startswith(b"HTTP/1.1 400 ")


def test_chunks_of_a_request_are_read(both):
    asked, theirs, ours = both
    asked(get("/", "Transfer-Encoding: chunked", method="POST") + b"3\r\nabc\r\n0\r\n\r\n")
    assert (theirs.get_request().data, ours.get_request().data) == (b"", b"abc")


def test_all_values_of_a_field_are_there(both):
    _asked, _theirs, ours = both
    ask(ours.port, get("/", "X: 1", "X: 2"))
    request = ours.get_request()
    assert list(request.headers.getlist("x")) == ["1"]
    assert [value for name, value in request.header_lines if name == "X"] == ["1", "2"]
