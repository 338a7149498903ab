"""The requests of request_differential.py: what handlers can be asked."""

NAMES = "name=a&name=b&name=x-test&name=Host&name=missing"


class Case:
    """A request. What is only for HTTP/1 says so: `h1`, or its value for Host
    (False for none), or its version."""

    def __init__(self, group, method, target, fields=(), body=b"", **http1):
        self.group, self.method, self.target = group, method, target
        self.fields, self.body = list(fields), body
        self.h1 = bool(http1)
        self.host = http1.get("host")
        self.version = http1.get("version", "1.1")

    def __repr__(self):
        fields = ", ".join(f"{name}: {value}" for name, value in self.fields)
        host = "" if self.host is None else f"Host: {self.host}"
        return f"[{self.group}] {self.method} {self.target} {fields} {host} {self.body!r}"


METHODS = "GET POST PUT DELETE PATCH OPTIONS foo GeT M-SEARCH".split()

QUERIES = [
    "",
    "a",
    "a=",
    "a=1",
    "a=1&a=2",
    "a=1&b=2&a=3",
    "A=1&a=2",
    "=x",
    "=",
    "&&a=1&",
    "a&a",
    "a=b=c",
    "a==",
    "a;b=1",
    "a=1;b=2",
    "a=1;a=2&b=3",
    "a+b=c+d",
    "a=+&b=%2B+",
    "%61=%62",
    "a=%ff%00%0A",
    "a=%C3%A9&b=%E4",
    "caf%C3%A9=1",
    "a=%zz%2",
    "a=%",
    "a=%u1234",
    "a=%26%3D&b=%3b",
    "a=1?b=2",
    "?a=1",
    "a[]=1&a[]=2",
    "a=\"'<>`{}|\\^",
    "a=[::1]",
    "a=http://x/?b=1",
    "a=/../x//y",
    "a=\u00e9",
    "a=\u00ff\u0080",
    "\u00e9=1",
]

TARGETS = [
    "/twin",
    "/twin?",
    "/twin?a=1#b=2",
    "/twin?#?a=1",
    "/%74win?a=1",
    "/twin.wasm?a=1",
    "http://localhost:8000/twin?a=1",
    "http://localhost/twin?a=1",
    "http://other.test:81/twin?a=http://x",
    "http://[::1]:81/twin",
    "http://localhost:8000/twin?a=1#f",
    "HTTP://localhost:8000/twin?a=1",
    "https://localhost:8000/twin?a=1",
    "/twin#f?a=1",
]

HOSTS = [
    "localhost",
    "localhost:",
    "localhost:80",
    "LocalHost:8000",
    "127.0.0.1:1",
    "[::1]:77",
    "[::1]",
    "[FE80::1]:1",
    "xn--n8j6ds53lwwkrqhv28a.test:8000",
    "a_b.test",
    "",
    "[::1",
    "a b",
    "a:b",
    "a:123456",
    "user@localhost",
    "a/b",
]

FIELDS = [
    [("X-Test", "1")],
    [("x-test", "1")],
    [("X-TEST", "")],
    [("X-Test", "a, b")],
    [("X-Test", "a;b=\"c\"")],
    [("X-Test", "a  \t b")],
    [("X-Test", "\u00e9\u00ff")],
    [("X-Test", "a:b")],
    [("X-Test", "x" * 4000)],
    [("!#$%&'*+-.^_`|~", "odd")],
    [("X_Test", "1"), ("X-Test", "2")],
    [("a", "1"), ("b", "2"), ("A-A", "3")],
    [("X-Test", "1"), ("X-Test", "2")],
    [("X-Test", "1"), ("Other", "0"), ("x-test", "2")],
    [("Accept", "*/*"), ("Accept-Language", "en")],
    [("Referer", "http://x/"), ("User-Agent", "u")],
]

COOKIES = [
    "a=1",
    "a=1; b=2",
    "a=1;b=2",
    " a = 1 ;  b=2 ",
    "a=",
    "a==",
    "a=b=c",
    "a=1; A=2",
    'a="quoted"',
    'a="x y"; b=2',
    'a="x; y"; b=2',
    'a="x\\"y"; b=2',
    'a=""',
    "a=1,b=2",
    "a=!#$%&'*+-./:<=>?@[]^_`{|}~()",
    "a:b=1; a/b=2; a@b=3; (a)=4",
    "a=%41%3B",
    "a[b]=1; b=2",
    "a=1; a=2",
    "a=1; b=2; a=3",
    "a=1; bare; b=2",
    "bare",
    "=x",
    "a=1; =x; b=2",
    "a b=1; b=2",
    "a=1 2; b=2",
    "a=1 b=2",
    "a=\u00e9; b=2",
    "\u00e9=1; b=2",
    "b=2; a=\u00e9",
    'a="open; b=2',
    'a="x"y; b=2',
    "a=x\"y\"z; b=2",
    "a=\\; b=2",
    "a={\"x\":1}; b=2",
    "a=1;; b=2;",
    "path=/; a=1",
    "a=1; path=/; b=2",
    "a=1; secure; b=2",
    "$Version=1; a=1; $Path=/",
    "a=Wed, 01-Jan-2020 00:00:00 GMT; b=2",
    "",
]

AUTHS = [
    "Basic dXNlcjpwYXNz",
    "Basic dXNlcjpwYXNzOndvcmQ=",
    "Basic Og==",
    "Basic dXNlcjo=",
    "Basic OnBhc3M=",
    "Basic w6k6w7w=",
    "Basic /zr+",
    "Basic  dXNlcjpwYXNz",
    "basic dXNlcjpwYXNz",
    "BASIC dXNlcjpwYXNz",
    "Basic",
    "Basic ",
    "Basic dXNlcg==",
    "Basic !!!!",
    "Basic dXNlcjpw!YXNz",
    "Basic dXNlcjpwYXNzOndvcmQ",
    "Basic dXNl cjpwYXNz",
    "Bearer abc",
    "Digest username=\"a\"",
    "dXNlcjpwYXNz",
    "",
]

URLENCODED = "application/x-www-form-urlencoded"
URLENCODED_BODIES = [
    b"a=1&b=2",
    b"a=1&a=2&b",
    b"a=%ff+%2B&%61=x",
    b"a=\xe9&b=\x00\x01",
    b"a=1\r\n",
    b"a=1;b=2",
    b"&&=&a",
    b"",
]

TYPES = [
    None,
    "",
    "application/x-www-form-urlencoded; charset=utf-8",
    "application/x-www-form-urlencoded;",
    " application/x-www-form-urlencoded",
    "Application/X-WWW-Form-Urlencoded",
    "application/json",
    "text/plain",
    "nonsense",
]


def part(disposition, content, *more):
    head = [f"Content-Disposition: {disposition}", *more, "", ""]
    return b"--X\r\n" + "\r\n".join(head).encode("latin-1") + content + b"\r\n"


A = part('form-data; name="a"', b"1")
B = part('form-data; name="b"', b"2")
FILE = 'form-data; name="a"; filename="f.txt"'
MULTIPARTS = [
    A + B + b"--X--\r\n",
    A + A + b"--X--",
    part('form-data; name="a"', b"line\r\nline\n\r\n") + b"--X--\r\n",
    part('form-data; name="a"', b"") + b"--X--\r\n",
    part('form-data; name="a"', b"\x00\xff\xe9") + b"--X--\r\n",
    part("form-data; name=a", b"1") + b"--X--\r\n",
    part('form-data;name="a";x=y', b"1") + b"--X--\r\n",
    part('form-data; name="a;b\\"c\\\\d"', b"1") + b"--X--\r\n",
    part('form-data; NAME="a"', b"1") + b"--X--\r\n",
    part('form-data; name="caf\u00c3\u00a9"', b"1") + b"--X--\r\n",
    part('form-data; name="a"', b"1", "Content-Type: text/plain", "X: y") + b"--X--\r\n",
    part('form-data; name="a"', b"1", "Content-Length: 5") + b"--X--\r\n",
    part(FILE, b"file", "Content-Type: text/html") + b"--X--\r\n",
    part(FILE, b"file") + B + b"--X--\r\n",
    part(FILE, b"\x00\xff\r\n\r\n", "content-type: a/b; c=d") + b"--X--\r\n",
    part('form-data; name="a"; filename=""', b"") + b"--X--\r\n",
    part('form-data; name="a"; filename="C:\\x\\y.txt"', b"1") + b"--X--\r\n",
    part('form-data; name="a"; filename="caf\u00c3\u00a9.txt"', b"1") + b"--X--\r\n",
    part('form-data; name="a"; filename*=UTF-8\'\'x', b"1") + b"--X--\r\n",
    part("form-data", b"1") + A + b"--X--\r\n",
    part('attachment; name="a"', b"1") + b"--X--\r\n",
    b"preamble\r\n" + A + b"--X--\r\nepilogue",
    b"--X--\r\n" + A,
    b"--X\r\n\r\nnothing\r\n--X--\r\n",
    b"--X\r\nno colon\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--\r\n",
    b"--X\r\nContent-Disposition: form-data;\r\n name=a\r\n\r\n1\r\n--X--\r\n",
    b"--X\nContent-Disposition: form-data; name=a\n\n1\n--X--\n",
    A + b"--X  \r\nContent-Disposition: form-data; name=b\r\n\r\n2\r\n--X--  \r\n",
    A + b"--XY\r\n" + B + b"--X--\r\n",
    b"--X\r\nContent-Disposition: form-data; name=a\r\n\r\n--XY\r\n --X\r\nx--X\r\n--X--\r\n",
    A + B[:-8],
    A[:-2],
    A,
    A + b"--X",
    A + b"--X\r\nContent-Disposition: form-data; name=b",
    b"no boundary at all",
    b"",
]

MULTIPART_TYPES = [
    "multipart/form-data",
    "multipart/form-data; boundary=",
    'multipart/form-data; boundary="X"',
    "multipart/form-data; charset=utf-8; boundary=X",
    "multipart/form-data; BOUNDARY=X",
    "multipart/mixed; boundary=X",
    "Multipart/Form-Data; boundary=X",
    "multipart/form-data; boundary=Y",
    "multipart/form-data; boundary=\u00e9",
]

LINES = b"first\nsecond\r\n\nlast"
INPUTS = [
    "length tell read tell read",
    "read:0 tell",
    "read:3 read:3 tell",
    "read:100 tell read:1",
    "line line line line line tell",
    "lines tell",
    "line:3 line:3 line:3 tell",
    "line:6 line:100",
    "line:0 tell",
    "seek:0 tell",
    "seek:6 tell line",
    "seek:19 tell read",
    "seek:20 tell",
    "seek:100 read:1",
    "read:8 seek:2 tell read:3 read:3",
    "read:8 seek:0 line line tell",
    "read seek:6 line tell seek:0 lines",
    "read:8 seek:2 seek:12 tell read",
    "line seek:0 line seek:6 line:2 tell",
    "seek:3 read:3 seek:3 read:3",
]

# Lengths that are none; what is behind is the body that came.
LENGTHS = ["abc", "-1", "+3", "3, 3", "0x3", "", "99999999999999999999"]


def cases():
    twin = f"/twin?{NAMES}"
    for method in METHODS:
        body = b"" if method in ("GET", "OPTIONS") else b"a=1"
        yield Case("method", method, twin, [("Content-Type", URLENCODED)], body)
    for query in QUERIES:
        yield Case("query", "GET", f"/twin?{query}&{NAMES}")
    for target in TARGETS:
        yield Case("target", "GET", target, h1=True)
    for host in HOSTS:
        yield Case("host", "GET", twin, host=host)
        if host and " " not in host and "/" not in host:
            yield Case("host", "GET", f"http://{host}/twin?a=1", h1=True)
    yield Case("host", "GET", twin, host=False, version="1.0")
    yield Case("host", "GET", twin, host=False)
    yield Case("host", "GET", twin, [("Host", "two.test")], h1=True)
    for fields in FIELDS:
        yield Case("field", "GET", twin, fields)
    for cookie in COOKIES:
        yield Case("cookie", "GET", twin, [("Cookie", cookie)])
    yield Case("cookie", "GET", twin, [("Cookie", "a=1"), ("Cookie", "b=2")])
    yield Case("cookie", "GET", twin, [("Cookie", "a=1"), ("Cookie", "a=2")])
    for auth in AUTHS:
        yield Case("auth", "GET", twin, [("Authorization", auth)])
    for body in URLENCODED_BODIES:
        yield Case("form", "POST", twin, [("Content-Type", URLENCODED)], body)
    for kind in TYPES:
        for method in ("POST", "PUT"):
            fields = [] if kind is None else [("Content-Type", kind)]
            yield Case("form", method, twin, fields, b"a=1&b=2")
    yield Case("form", "GET", twin, [("Content-Type", URLENCODED)], b"a=1")
    for body in MULTIPARTS:
        kind = ("Content-Type", "multipart/form-data; boundary=X")
        yield Case("multipart", "POST", twin, [kind], body)
    for kind in MULTIPART_TYPES:
        yield Case("multipart", "POST", twin, [("Content-Type", kind)], A + B + b"--X--\r\n")
    for steps in INPUTS:
        query = "&".join(f"input={step}" for step in steps.split())
        yield Case("input", "POST", f"/twin?{query}", [("Content-Type", URLENCODED)], LINES)
    yield Case("input", "GET", "/twin?input=length&input=read&input=line&input=seek:0&input=seek:1")
    for length in LENGTHS:
        fields = [("Content-Length", length)]
        yield Case("length", "POST", twin, fields, b"a=1", h1=True)
