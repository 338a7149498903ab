"""a7: requests that are wrong, or unusual, on HTTP/1; and connections."""

from .request import Request

BAD = "a7 error pages"
ALIVE = "a7 keep-alive"
CONNECT = "a7 CONNECT"

CLOSE = b"Connection: close\r\n"


def raw(about, line, *fields, host=b"Host: localhost:8000\r\n", **more):
    head = line + b"\r\n" + host + b"".join(f + b"\r\n" for f in fields)
    return Request(about, "", "", raw=head + CLOSE + b"\r\n", on=("h1",), **more)


def lines():
    strict = "A request line or field line that is malformed"
    for line in (
        b"GET /a.txt HTTP/1.0",
        b"HEAD /a.txt HTTP/1.1",
        b"GET /none HTTP/1.0",
        b"GET /a.txt HTTP/1.2",
    ):
        yield raw(BAD, line)
    for line in (
        *(b"GET", b"GET /a.txt HTTP/2.0", b"GET /a.txt HTTP/1.1 x", b"GET /a.txt HTTX/1.1"),
        *(b"GET /a.txt HTTP/x", b"GET /a.txt HTTP/1", b"GET /a.txt HTTP/1.x"),
        *(b"GET /a.txt HTTP/3.0", b"GET  /a.txt HTTP/1.1", b"GET /a b HTTP/1.1"),
        *(b"GET /a.txt HTTP/0.9", b"G(T /none HTTP/1.1"),
        *(b"\tGET /a.txt HTTP/1.1", b"GET a.txt HTTP/1.1"),
        *(b"GET * HTTP/1.1", b"GET /a.txt http/1.1"),
    ):
        yield raw(BAD, line, compat=strict)
    yield Request(BAD, "", "", raw=b"GET /a.txt\r\n\r\n", on=("h1",), compat=strict)
    long = b"GET /" + b"x" * 70_000 + b" HTTP/1.1"
    yield raw(BAD, long)
    yield raw(BAD, b"GET /\xff HTTP/1.1")
    yield raw(BAD, b"GET /a.txt#x HTTP/1.1", compat="`#` in a target")
    for target in (b"http://localhost:8000/a.txt", b"http://a.test/none", b"/a.txt?%"):
        yield raw(BAD, b"GET " + target + b" HTTP/1.1")


def fields():
    strict = "A request line or field line that is malformed"
    for field in (b"X: 1", b"X:", b"X:1", b"x-test:  y  ", b"Host2: z", b"TE: x"):
        yield raw(BAD, b"GET /a.txt HTTP/1.1", field)
    yield raw(BAD, b"GET /a.txt HTTP/1.1", b"Expect: x", compat="`Expect` of anything else")
    for field in (b"no colon", b"X : 1", b" X: 1", b": 1", b"X: a\x00b", b"X\xff: 1", b"X: a\rb"):
        yield raw(BAD, b"GET /a.txt HTTP/1.1", field, compat=strict)
    line = b"GET /a.txt HTTP/1.1"
    yield raw(BAD, line, b"X: " + b"x" * 70_000, compat="A head that is too large")
    yield raw(BAD, line, *[b"X: 1"] * 600, compat="A head that is too large")
    yield raw(BAD, line, host=b"", compat="`Host`")
    yield raw(BAD, line, b"Host: other", compat="`Host`")
    yield raw(BAD, line, host=b"Host: a b\r\n", compat="`Host`")
    yield raw(BAD, line, b"Content-Length: x", compat="`Content-Length`")
    yield raw(BAD, line, b"Content-Length: -1", compat="`Content-Length`")


def connections():
    end = (("Connection", "close"),)
    error, cut = "/none", "/a.txt?pipe=slice(2,5)"
    for paths in ([error, error], [cut, cut], [cut, error, cut], [error] * 5):
        chain = [("GET", path, ()) for path in paths[:-1]] + [("GET", paths[-1], end)]
        yield Request(ALIVE, "", "", on=("h1",), chain=tuple(chain))
    yield Request(
        *(ALIVE, "", ""),
        on=("h1",),
        chain=(("HEAD", cut, ()), ("GET", cut, ()), ("HEAD", error, end)),
    )
    yield Request(
        *(ALIVE, "", ""),
        on=("h1",),
        chain=(("GET", "/a.txt", ()), ("GET", cut, end)),
        compat="Content-Length of files",
    )
    yield raw(ALIVE, b"GET /a.txt?pipe=slice(1) HTTP/1.0", b"Connection: keep-alive")
    # Content that nobody asked for is read and forgotten.
    body = b"Content-Length: 5\r\n\r\nhello"
    post = b"POST /none HTTP/1.1\r\nHost: a\r\n" + CLOSE + body
    yield Request(ALIVE, "", "", raw=post, on=("h1",))
    eager = post.replace(b"Host", b"Expect: 100-continue\r\nHost")
    yield Request(ALIVE, "", "", raw=eager, on=("h1",), compat="`Expect: 100-continue`")
    chunked = b"POST /none HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n" + CLOSE
    chunked += b"\r\n5\r\nhello\r\n0\r\n\r\n"
    yield Request(ALIVE, "", "", raw=chunked, on=("h1",))
    yield raw(CONNECT, b"CONNECT a.test:80 HTTP/1.1", compat="`CONNECT`")


def requests():
    for group in (lines, fields, connections):
        yield from group()
