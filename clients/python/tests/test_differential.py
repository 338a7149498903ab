"""The same calls and the same bytes, to test_server 0.1.0 and to this package: what
comes back, and what is told of the request, must be the same but for the port.

README.md lists what is not the same, and `test_differences.py` shows it.
"""

import logging

import pytest
from wire import ask, form, get

import host_test_server

test_server = pytest.importorskip("test_server")


def case(name, setup, *requests):
    return pytest.param(setup, requests or (get(),), id=name)


def respond(count=1, method=None, **response):
    """A setup that adds one response."""
    return lambda server, ts: server.add_response(ts.Response(**response), count, method)


def each(*setups):
    def setup(server, ts):
        for one in setups:
            one(server, ts)

    return setup


def answering(**said):
    """A setup whose callback says this."""
    return respond(callback=lambda: {"type": "response", **said})


def raising(error):
    def function():
        raise error

    return function


def nothing(server, ts):
    pass


def reset_after(setup):
    def both(server, ts):
        setup(server, ts)
        server.reset()

    return both


def storage(server, ts):
    headers = ts.HttpHeaderStorage([("a", "1"), ("B", "2"), ("A", "3")])
    server.add_response(ts.Response(headers=list(headers.items())))


FIELD = b'Content-Disposition: form-data; name="field"\r\n\r\n'
FILE = b'Content-Disposition: form-data; name="a"; filename="a.txt"\r\n'
ok = respond(data=b"ok")

RESPONSES = [
    case("empty", respond()),
    case("bytes", respond(data=b"bytes")),
    case("text", respond(data="text")),
    case("text-beyond-ascii", respond(data="фыва")),
    case("bytes-beyond-text", respond(data=bytes(range(256)))),
    case("a-megabyte", respond(data=b"0123456789abcdef" * 65536)),
    case("no-text-nor-bytes", respond(data=1)),
    case("status-201", respond(status=201, data=b"made")),
    case("status-204", respond(status=204)),
    case("status-204-with-data", respond(status=204, data=b"data")),
    case("status-304", respond(status=304)),
    case("status-304-with-data", respond(status=304, data=b"data")),
    case("status-301", respond(status=301, headers={"Location": "/x"})),
    case("status-404", respond(status=404, data=b"no")),
    case("status-418", respond(status=418)),
    case("status-500", respond(status=500)),
    case("status-unknown", respond(status=299, data=b"?")),
    case("status-999", respond(status=999, data=b"?")),
    case("status-of-two-digits", respond(status=42, data=b"?")),
    case("status-of-four-digits", respond(status=1000, data=b"?")),
    case("status-100", respond(status=100, data=b"?")),
    case("status-text", respond(status="200")),
    case("status-float", respond(status=200.0)),
    case("status-list", respond(status=[200])),
    case("headers-dict", respond(headers={"foo": "bar", "Baz": "gaz"})),
    case("headers-pairs", respond(headers=[("foo", "1"), ("bar", "2"), ("FOO", "3")])),
    case("headers-storage", storage),
    case("set-cookies", respond(headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2; Path=/")])),
    case("own-content-type", respond(headers={"content-TYPE": "text/plain"})),
    case("own-server", respond(headers={"SERVER": "Google"})),
    case("own-listen-port", respond(headers=[("a", "1"), ("listen-port", "7"), ("b", "2")])),
    case("own-date", respond(headers={"Date": "Thu, 01 Jan 1970 00:00:00 GMT"})),
    case("own-length", respond(data=b"four", headers={"Content-Length": "4"})),
    case("own-length-too-long", respond(data=b"four", headers={"Content-Length": "9"})),
    case("own-length-too-short", respond(data=b"four", headers={"Content-Length": "2"})),
    case("own-chunks", respond(data=b"0\r\n\r\n", headers={"Transfer-Encoding": "chunked"})),
    case("own-connection", respond(headers={"Connection": "close"})),
    case("value-empty", respond(headers={"a": ""})),
    case("value-spaces", respond(headers={"a": "  b  "})),
    case("value-tab", respond(headers={"a": "b\tc"})),
    case("value-latin-1", respond(headers={"a": "é"})),
    case("value-nul", respond(headers={"Location": "/\x00/"}, status=302)),
    case("value-lines", respond(headers={"a": "b\r\nc: d"})),
    case("value-number", respond(headers={"a": 1})),
    case("value-beyond-latin-1", respond(headers=[("a", "b"), ("c", "фыва")], data=b"x")),
    case("name-with-space", respond(headers={"a b": "c"})),
    case("sleep", respond(sleep=0.05, data=b"late")),
    case("count-2", respond(count=2, data=b"x"), get("/1"), get("/2"), get("/3")),
    case("count-always", respond(count=-1, data=b"x"), get("/1"), get("/2"), get("/3")),
    case("count-below", respond(count=-3, data=b"x"), get("/1"), get("/2")),
    case("in-order", each(*(respond(data=d) for d in (b"1", b"2"))), get(), get(), get()),
    case("methods-first", each(respond(data=b"any"), respond(method="get", data=b"get")),
         get(), get(), get()),
    case("other-method", respond(method="post"), get(), get(method="POST")),
    case("no-method", respond(method=""), get()),
    case("no-response", nothing),
    case("after-reset", reset_after(ok)),
]

CALLBACKS = [
    case("callback", answering(data=b"Hello", headers=[("method", "get")])),
    case("callback-status", answering(status=201, headers={"set-cookie": "a=b"})),
    case("callback-empty", answering()),
    case("callback-sleep", respond(sleep=0.05, callback=lambda: {"type": "response"})),
    case("callback-no-dict", respond(callback=lambda: ["foo"])),
    case("callback-no-type", respond(callback=lambda: {"foo": "bar"})),
    case("callback-type", respond(callback=lambda: {"type": "x"})),
    case("callback-key", answering(foo="bar")),
    case("callback-text", answering(data="bar")),
    case("callback-raises", respond(callback=raising(ValueError("broken")))),
    case("callback-status-text", answering(status="x")),
    case("callback-nul", answering(headers={"a": "\x00"})),
    case("raw", respond(raw_callback=lambda: b"HTTP/1.0 200 OK\nFoo: Bar\n\nhello")),
    case("raw-empty", respond(raw_callback=lambda: b"")),
    case("raw-garbage", respond(raw_callback=lambda: b"\x00\xff garbage")),
    case("raw-text", respond(raw_callback=lambda: "hey")),
    case("raw-raises", respond(raw_callback=raising(KeyError("gone")))),
    case("raw-and-callback", respond(callback=raising(KeyError()), raw_callback=lambda: b"raw")),
]

REQUESTS = [
    case("query", ok, get("/foo?bar=1&baz=a%20b+c")),
    case("query-twice", ok, get("/foo?a=1&a=2&b=&c")),
    case("query-in-query", ok, get("/foo?a=1?b=2")),
    case("query-beyond-ascii", ok, get("/%D1%84?%D1%84=%FF")),
    case("raw-bytes-in-target", ok, get("/é?é=ü")),
    case("two-slashes", ok, get("//a//b?c=d")),
    case("absolute", ok, get("http://a.test/x?y=z")),
    case("http-1.0", ok, b"GET /x HTTP/1.0\r\n\r\n"),
    case("keep-alive", ok, get("/", "Connection: keep-alive")),
    case("pipelined", respond(count=-1), get("/1") + get("/2")),
    case("post", ok, get("/p", method="POST", body=b"body")),
    case("put", ok, get("/p", method="PUT", body=b"\xff\x00")),
    case("patch", ok, get("/p", method="PATCH", body=b"x=y")),
    case("delete", ok, get("/p", method="DELETE")),
    case("delete-with-body", ok, get("/p", method="DELETE", body=b"x")),
    case("options", ok, get("/p", method="OPTIONS")),
    case("get-with-body", ok, get("/p", body=b"x")),
    case("head", ok, get("/h", method="HEAD"), get()),
    case("trace", ok, get("/t", method="TRACE")),
    case("unknown-method", ok, get("/u", method="BREW"), get("/v", method="get")),
    case("strange-method", ok, get("/u", method="'&'")),
    case("cookies", ok, get("/", 'Cookie: foo=bar; baz="a b"; foo=gaz')),
    case("cookies-twice", ok, get("/", "Cookie: a=1", "Cookie: b=2")),
    case("no-cookies", ok, get("/", "Cookie: ;;; =")),
    case("headers", ok, get("/", "X-One: 1", "x-two: 2", "X-ONE: 3", "A: é")),
    case("value-spaces", ok, get("/", "A:b", "C:", "D:  e f")),
    case("form-field", ok, form(FIELD + b"value", FIELD + b"other")),
    case("form-lines", ok, form(FIELD + b"\r\n\r\nvalue\r\nmore\r\n")),
    case("form-file", ok, form(FILE + b"Content-Type: image/PNG\r\n\r\n\x89PNG\r\n\x1a")),
    case("form-file-without-type", ok, form(FILE + b"\r\ncontent")),
    case("form-empty-file", ok, form(FILE + b"\r\n")),
    case("form-both", ok, form(FIELD + b"x", FILE + b"\r\ny", FILE + b"\r\nz")),
    case("form-quotes", ok, form(FILE.replace(b"a.txt", b'a\\"b.txt') + b"\r\nx")),
    case("form-filename-extended", ok,
         form(FILE.replace(b'filename="a.txt"', b"filename*=utf-8''%D1%84.txt") + b"\r\nx")),
    case("form-charset", ok,
         form(FIELD[:-2] + b"Content-Type: text/plain; charset=cp1251\r\n\r\n\xea\xee\xed\xfc")),
    case("form-nameless", ok, form(b"Content-Disposition: form-data\r\n\r\nx", FIELD + b"y")),
    case("form-quoted-boundary", ok, form(FIELD + b"x", charset='; charset="utf-8"')),
    case("form-of-other-case", ok, get("/", "Content-Type: Multipart/Form-Data; boundary=B",
                                       method="POST", body=b"--B\r\n" + FIELD + b"x\r\n--B--")),
]


@pytest.fixture(autouse=True)
def quiet():
    """Errors are what some of these are about."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(("setup", "requests"), [*RESPONSES, *CALLBACKS, *REQUESTS])
def test_is_the_same(setup, requests):
    theirs = what_happens(test_server, setup, requests)
    ours = what_happens(host_test_server, setup, requests)
    assert ours == theirs


def what_happens(ts, setup, requests):
    """All that a test can see."""
    server = ts.TestServer()
    server.start()
    try:
        setup(server, ts)
        told = []
        for request in requests:
            answer = ask(server.port, request)
            told.append(answer.replace(str(server.port).encode(), b"PORT"))
            told.append(seen(server, ts))
        return told
    finally:
        server.stop()


def seen(server, ts):
    """What the server tells of the newest request."""
    done = [server.num_req_processed, server.request_is_done()]
    try:
        request = server.get_request()
    except ts.RequestNotProcessedError as error:
        return [*done, str(error)]
    assert server.request.path == request.path
    return [
        *done,
        request.args,
        request.client_ip,
        {name: morsel.OutputString() for name, morsel in request.cookies.items()},
        request.data,
        request.files,
        list(request.headers.items()),
        request.method,
        request.path,
    ]
