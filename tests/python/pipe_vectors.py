"""What wptserve's own pipes.py makes of several hundred pipe strings, queries,
schedules, slices and templates, as JSON for host-content's tests.

    python3 tests/python/pipe_vectors.py > host/content/tests/vectors/pipes.json

Text in the vectors is Latin-1: a character is a byte. Where wptserve raises, the
outcome is {"error": the exception's name}.
"""

import http.client
import io
import itertools
import json
import os
import pathlib
import tempfile
import types
from urllib.parse import urlsplit

from wptserve import pipes
from wptserve.config import ConfigBuilder
from wptserve.handlers import parse_qs
from wptserve.request import Request, RequestHeaders
from wptserve.response import ResponseHeaders

DOC_ROOT = "/srv/wpt"
TARGET = "/dir/page.sub.html?a=1&b=%3C&c&a=2"
HEADERS = (
    "Host: www.web-platform.test:8000\r\n"
    'X-Test: a "b"\r\n'
    "X-Two: 1\r\nx-two: 2\r\n"
    "Cookie: a=1\r\nCookie: b=2\r\n\r\n"
)


class TestConfig(ConfigBuilder):
    """The facts of host-content's template tests."""

    def __init__(self, doc_root):
        super().__init__(
            None,
            subdomains={"www", "天気の良い日", "élève", "1"},
            not_subdomains={"nonexistent"},
            browser_host="web-platform.test",
            alternate_hosts={"alt": "not-web-platform.test"},
            doc_root=doc_root,
            server_host="127.0.0.1",
            ports={"http": [8000, 8001], "ws": []},
        )


class FakeRequest:
    """A request as the pipes see it: the real properties over given facts."""

    GET = Request.GET

    def __init__(self, config, doc_root):
        self._GET = None
        self.server = types.SimpleNamespace(config=config)
        self.doc_root = doc_root
        self.url_base = "/"
        self.request_path = TARGET
        self.url_parts = urlsplit("http://www.web-platform.test:8000" + TARGET)
        raw = http.client.parse_headers(io.BytesIO(HEADERS.encode("latin-1")))
        self.headers = RequestHeaders(raw)


class FakeResponse:
    """A response as the pipes see it."""

    def __init__(self, content):
        self.status = 200
        self.headers = ResponseHeaders()
        self.content = content

    def iter_content(self, read_file=False):
        if isinstance(self.content, bytes):
            yield self.content
        else:
            yield from (item for item in self.content if item)


def outcome(work):
    try:
        return {"value": work()}
    except Exception as error:
        return {"error": type(error).__name__}


def latin1(data):
    return data.decode("latin-1")


# --- the tokens of pipe strings ---------------------------------------------

PIECES = ["f", "f(", "(", ")", "|", ",", "a", " ", "é", "\\", "\\,", "\\)", "\\\\", "\\n", "\\t"]


def pipe_strings():
    yield from [
        "", "|", "gzip", "gzip()", "sub|gzip", "||sub||", "status(404)header(X,b)",
        "header(X,a\\,b)", "header(X,a\\)b)|gzip", "slice(0,10", "f(a)) b(c)", "f(,,)",
        "header(X,{{host}})", "trickle(d1:100:r2)|status(404)", "f(\\r\\n\\x\\é)", "f(a|b(c)",
    ]
    for length in (2, 3):
        for pieces in itertools.islice(itertools.product(PIECES, repeat=length), 0, None, 7):
            yield "".join(pieces)


def tokens(string):
    calls = []
    for item in pipes.PipeTokenizer().tokenize(string):
        if not item:
            break
        if item[0] == "function":
            calls.append([item[1], []])
        else:
            calls[-1][1].append(item[1])
    return calls


# --- the pipe parameter ------------------------------------------------------

QUERIES = [
    b"pipe=sub", b"pipe=a&pipe=b", b"pipe=a&pipe=", b"pipe=a&pipe", b"pipe=", b"pipe", b"",
    b"x=1&pipe=a+b%2Bc", b"pipe=a%2Cb;c=d", b"%70%69pe=x", b"pi+pe=x", b"PIPE=x", b"&&pipe=a&&",
    b"pipe=%E2%98%83", b"pipe=%ff", b"pipe=%C3%28", b"pipe=\xc3\xa9", b"pipe=%C3\xa9%A9",
    b"pipe=%", b"pipe=%4", b"pipe=%zz", b"pipe=%e2%98", b"pipe=a=b", b"=pipe", b"pipe=a%00b",
    b"pipe=%f0%9f%98%80%f0%9f", b"pipe=%ed%a0%80", b"pipe=%c0%80x", b"pipe=%f5%80",
]


def pipe_parameter(query):
    found = parse_qs(query.decode("latin-1")).get("pipe")
    return found[-1] if found else None


# --- slices ------------------------------------------------------------------

PLACES = ["null", "NULL", "0", "3", "10", "11", "-1", "-10", "-11", " 4 ", "1_0", "+2", "x", ""]
CONTENT = b"0123456789"


def slices():
    for start in PLACES:
        yield "slice(%s)" % start
        for end in PLACES[:-2]:
            yield "slice(%s,%s)" % (start, end)
    yield from ["slice", "slice()", "slice(1,2,3)", "slice(2)|slice(2)", "slice(1,x)"]


def run(request, content, pipe_string):
    response = FakeResponse(content)
    response = pipes.Pipeline(pipe_string)(request, response)
    return response


def content_of(request, content, pipe_string):
    return latin1(b"".join(run(request, content, pipe_string).iter_content()))


# --- trickle -----------------------------------------------------------------

SCHEDULES = [
    "d1", "3", "0", "100", "3:d1", "3:d1:r2", "d1:3:r2", "3:d0.5:2:d1", "3:d1:2:d2:r4",
    "1:d5:2:d1:r2", "10:d1", "10:d1:r2", "11:d1:5:d2", "3:r2:d1", "3:d1:r20", "0:d1", "d0:3",
    "1:d1:r2:d2", "1:r2:1:d1:r4", "d1e0:1", "d.5:1", "d5.:1", " 3 :d1", "1_0:d1", "d 1 :2",
    "d1:d1", "5:5", "1:d1:1:r3", "2:d1:r1", "", ":", "1:", "d", "dx", "d-1", "-1", "1.5", "r",
    "1:r", "D1", "x", "d1:x", "1,5", "3:d1:rx", "d1:1:r-2",
]
LIMIT = 60


def schedule(request, content, steps):
    done = []

    def sleep(seconds):
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        done.append("pause %d" % round(seconds * 1000))

    real, pipes.time.sleep = pipes.time.sleep, sleep
    try:
        for item in run(request, content, "trickle(%s)" % steps).content:
            if item:
                done.append("send %d" % len(item))
            if len(done) > LIMIT:
                raise RuntimeError("endless")
    finally:
        pipes.time.sleep = real
    return done


# --- status and header -------------------------------------------------------

HEADS = [
    "status(404)", "status( 404 )", "status(+2_01)", "status(x)", "status()", "status(1,2)",
    "header(X,a)", "header(x-old,a)", "header(X-Old,a,true)", "header(X-Old,a,1)",
    "header(X-Old,a,False)", "header(X-Old,a,0)", "header(X-Old,a,yes)", "header(X,)",
    "header(X,a\\,b)", "header(X,é)", "header(X,☃)", "header(X)", "header(X,a,true,b)",
    "header(X,a)|header(X,b)", "header(X,a)|header(X,b,true)|header(X-Old,c)",
    "status(201)|header(X,1)|status(202)", "nothing", "status(404)|nothing", "(404)",
]


def head(request, pipe_string):
    response = FakeResponse(b"")
    response.headers.set("X-Old", "old")
    response = pipes.Pipeline(pipe_string)(request, response)
    lines = [[latin1(name), latin1(value)] for name, value in response.headers]
    return {"status": response.status, "headers": lines}


# --- templates ---------------------------------------------------------------

EXPRESSIONS = [
    "host", "host ", " host", "host junk", "host\n", "", "{host", "$", "$v", "$v:", "$v:host",
    "$v:$w:host", "host$v:", "browser_host", "server_host", "doc_root", "url_base", "nothing",
    "check_subdomains", "domains", "domains[]", "domains[www]", "domains[www", "domains[x]",
    "domains[élève]", "domains[天気の良い日]", "domains[nonexistent]", "domains[1]",
    "domains[www] junk", "domains[www]x", "hosts", "hosts[]", "hosts[][]", "hosts[][www]",
    "hosts[alt][]", "hosts[alt][www]", "hosts[alt][élève]", "hosts[x][www]", "all_domains[alt][]",
    "not_domains[][nonexistent]", "not_domains[alt][nonexistent]", "not_domains[][www]",
    "ports", "ports[http]", "ports[http][0]", "ports[http][1]", "ports[http][2]",
    "ports[http][-1]", "ports[http][-3]", "ports[http][x]", "ports[http][ 1 ]", "ports[ws][0]",
    "ports[x][0]", "ports[http]0", "headers", "headers[X-Test]", "headers[x-test]", "headers[X-No]",
    "headers[X-Two]", "headers[cookie]", "headers[Host]", "headers[1]", "GET", "GET[a]", "GET[b]",
    "GET[c]", "GET[d]", "GET[1]", "GET[a][0]", "GET[]", "location", "location[server]",
    "location[scheme]", "location[host]", "location[hostname]", "location[port]", "location[path]",
    "location[pathname]", "location[query]", "location[hash]", "uuid", "uuid(x)", "uuid[0]",
    "file_hash(md5, hash.txt)", "file_hash(sha1,hash.txt)", "file_hash(sha224, hash.txt)",
    "file_hash(sha256, hash.txt)", "file_hash(sha384, hash.txt)", "file_hash(sha512, hash.txt)",
    "file_hash(crc32, hash.txt)", "file_hash(md5, none)", "file_hash(md5)", "file_hash( md5, x)",
    "file_hash(md5, /hash.txt)", "file_hash(md5, dir)", "file_hash(md5, ../secret)",
    "fs_path(x.txt)", "fs_path(/x/y.txt)", "fs_path(../x)", "fs_path(../../x)", "fs_path(/)",
    "fs_path(a..b)", "fs_path()", "header_or_default(X-Test, no)", "header_or_default(X-No, no)",
    "header_or_default(X-No, two words )", "header_or_default(X-No,)", "header_or_default(X-No)",
    "header_or_default(X-No, a, b)", "header_or_default(X-No, <&>\"')", "GET(a)", "host()", "host[0]",
    "[host]", "(host)", "host:x", "host.x", "$v:ports[http][0]", "$v:GET[b]", "é",
]
WRAPPED = [
    "{{%s}}", "<b>{{%s}}</b>\n{{host}}",
]
TEMPLATES = [
    "", "{", "{{", "}}", "{host}", "{{host}", "{{a}b}}", "{{a}b}}{{url_base}}}", "{{host",
    "{{$v:host}} {{$v}}", "{{$v:GET[b]}}{{$v}}", "{{$v:host}}{{$v:url_base}}{{$v}}",
    "{{$v:host}}{{$v[0]}}", "{{$v:location}}", "{{ {{host}}", "{{{{host}}}}", "{{host}}}}",
    "{{url_base}}{{url_base}}{{url_base}}", "a\r\nb{{url_base}}\xff\x00",
]


def templates():
    for expression in EXPRESSIONS:
        for wrapped in WRAPPED:
            yield (wrapped % expression).encode("utf-8")
    for template in TEMPLATES:
        yield template.encode("latin-1")


def main():
    with tempfile.TemporaryDirectory() as temp:
        root = os.path.join(temp, "root")
        pathlib.Path(root, "dir").mkdir(parents=True)
        pathlib.Path(root, "hash.txt").write_text("hello")
        pathlib.Path(temp, "secret").write_text("secret")
        with TestConfig(root) as config:
            request = FakeRequest(config, root)

            def filled(template, escape):
                result = pipes.template(request, template, escape_type=escape)
                return latin1(result).replace(root, DOC_ROOT)

            vectors = {
                "tokens": [
                    {"pipes": string, **outcome(lambda: tokens(string))}
                    for string in dict.fromkeys(pipe_strings())
                ],
                "parameters": [
                    {"query": latin1(query), **outcome(lambda: pipe_parameter(query))}
                    for query in QUERIES
                ],
                "slices": [
                    {"pipes": string, **outcome(lambda: content_of(request, CONTENT, string))}
                    for string in dict.fromkeys(slices())
                ],
                "schedules": [
                    {
                        "steps": steps,
                        "length": length,
                        **outcome(lambda: schedule(request, b"x" * length, steps)),
                    }
                    for steps in SCHEDULES
                    for length in (0, 1, 10)
                ],
                "heads": [
                    {"pipes": string, **outcome(lambda: head(request, string))}
                    for string in HEADS
                ],
                "templates": [
                    {
                        "template": latin1(template),
                        "escape": escape,
                        **outcome(lambda: filled(template, escape)),
                    }
                    for template in dict.fromkeys(templates())
                    for escape in ("html", "none")
                ],
            }
    lines = [
        "%s: [\n%s\n]" % (json.dumps(name), ",\n".join(json.dumps(case) for case in cases))
        for name, cases in vectors.items()
    ]
    print("{\n%s\n}" % ",\n".join(lines))


if __name__ == "__main__":
    main()
