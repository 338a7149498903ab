"""a10: the template language, by files that hold one expression each."""

from .request import Request

LANGUAGE = "a10 language"

# What stands in a file, by row; the files are made of these.
SAME = {
    LANGUAGE: """
        {{host}} {{host }} {{host!}} {{host|x}} a{{host}}b {{host}}{{host}} {host} {{host} {{}
        {{$v:host}}{{$v}} {{$v:host}}{{$v:url_base}}{{$v}} {{$host:url_base}}{{host}}{{$host}}
        {{GET[q]}}{{$a:GET[q]}}{{$a}} plain {{browser_host}}
    """,
    "a10 host": "{{host}}",
    "a10 domains": "{{domains[]}}",
    "a10 hosts": "{{hosts[][]}}",
    "a10 ports": "{{ports[http][0]}} {{ports[https][0]}} {{ports[http][-1]}}",
    "a10 settings": "{{doc_root}} {{browser_host}} {{url_base}}",
    "a10 headers": "{{headers[X-Test]}} {{headers[x-test]}} {{headers[X-Empty]}}",
    "a10 GET": """
        {{GET[q]}} {{GET[none]}} {{GET[twice]}} {{GET[plus]}} {{GET[empty]}} {{GET[u]}}
        {{GET[]}} {{GET[q]}}
    """,
    "a10 location": """
        {{location[path]}} {{location[pathname]}} {{location[query]}}
    """,
    "a10 uuid": "{{uuid()}} {{$id:uuid()}}{{$id}}",
    "a10 file_hash": """
        {{file_hash(md5,dir/hash.txt)}} {{file_hash(sha1,dir/hash.txt)}}
        {{file_hash(sha224,dir/hash.txt)}} {{file_hash(sha256,dir/hash.txt)}}
        {{file_hash(sha384,dir/hash.txt)}} {{file_hash(sha512,dir/hash.txt)}}
        {{file_hash(md5,a.txt)}} {{file_hash(md5,empty.txt)}}
    """,
    "a10 header_or_default": """
        {{header_or_default(X-Test,none)}} {{header_or_default(X-None,none)}}
        {{header_or_default(X-None,a)}}
    """,
    "a10 escaping": "{{GET[markup]}} {{headers[X-Markup]}}",
}

# The same on HTTP/1 only; HTTP/2's is a row of docs/compat.md.
LOCATION = """
    {{location[server]}} {{location[scheme]}} {{location[host]}} {{location[hostname]}}
    {{location[port]}}
"""

# What both refuse.
WRONG = """
    {{}} {{{host}}} {{[x]}} {{nothing}} {{nothing[x]}} {{host()}} {{host(x)}}
    {{domains}} {{domains[nope]}} {{domains[a][b]}} {{hosts[nope][]}} {{hosts[]}} {{hosts}}
    {{ports}} {{ports[http]}} {{ports[http][9]}} {{ports[nope][0]}} {{ports[http][x]}}
    {{headers}} {{headers[X-None]}} {{GET}} {{location}} {{location[nope]}} {{uuid}}
    {{file_hash}} {{file_hash()}} {{file_hash(md5)}} {{file_hash(crc,a.txt)}}
    {{file_hash(md5,none)}} {{file_hash(md5,dir)}} {{fs_path}} {{fs_path()}}
    {{header_or_default(X)}} {{header_or_default()}} {{$}} {{$v}} {{$v:}} {{$v:nothing}}
    {{:host}} {{.}} {{host.x.y[z]}}x{{nothing}} {{not_domains[][]}} {{$v:domains}} {{(x)}}
""".replace("{{host.x.y[z]}}x{{nothing}}", "{{host}}x{{nothing}}")

# What we mean to do otherwise, by the row of docs/compat.md that says so.
OTHERWISE = {
    "A key that is a number": ["{{GET[1]}}", "{{headers[1]}}"],
    "`[n]` behind a text": ["{{host[0]}}", "{{GET[q][0]}}"],
    "Tables, lists and settings": ["{{ssl[type]}}", "{{logging[level]}}"],
    "`file_hash` of a path that begins": ["{{file_hash(md5,/a.txt)}}"],
    "`file_hash` of a file outside": ["{{file_hash(md5,../rootx/secret)}}"],
    "`fs_path` of a name that holds": ["{{fs_path(a..b)}}"],
    "`GET[name]` with a name beyond": ["{{GET[\u00e9]}}"],
}

QUERY = (
    "?q=1&twice=a&twice=b&plus=a+b%2Bc&empty=&u=%C3%A9%E2%98%83&1=one&%C3%A9=e"
    "&markup=%3Ca%20href=%22x%22%3E%26%27&raw"
)
FIELDS = (
    ("X-Test", "a b"),
    ("X-Empty", ""),
    ("X-Markup", "<b>&\"'"),
    ("1", "one"),
)


def expressions(text):
    """The expressions of a table: separated by white space, which none has."""
    return text.split()


def cases():
    """Number, row, content and compat's row of each template."""
    table = [(about, text, None) for about, texts in SAME.items() for text in expressions(texts)]
    table += [
        ("a10 location", text, "`location` on HTTP/2") for text in expressions(LOCATION)
    ]
    table += [("a10 refused", text, None) for text in expressions(WRONG)]
    table += [
        ("a10 differences", text, row) for row, texts in OTHERWISE.items() for text in texts
    ]
    # With white space.
    table += [
        (LANGUAGE, "{{ host}}", None),
        (LANGUAGE, "{{header_or_default(X-None, two words)}}", None),
        (LANGUAGE, "{{file_hash(md5, a.txt)}}", None),
        (LANGUAGE, "{{host\n}}\n{{GET[q]}}\n", None),
        ("a10 headers", "{{headers[Host]}}", "`headers[Host]` on HTTP/2"),
    ]
    return list(enumerate(table))


def files():
    """The templates, by name: escaped for HTML, and not at all."""
    for number, (_, text, _) in cases():
        for extension in ("html", "txt"):
            yield f"a10/{number}.sub.{extension}", text
    yield "a10/fs.sub.txt", "{{fs_path(x)}} {{fs_path(/a/b)}} {{fs_path(sub/x)}}"
    yield "a10/out.sub.txt", "{{fs_path(../../x)}}"
    for name in ("method", "path", "scheme", "authority"):
        yield f"a10/{name}.sub.txt", f"{{{{headers[{name}]}}}}"


def requests():
    for number, (about, _, compat) in cases():
        # Both escapes on HTTP/1: there is only one template language.
        for extension, protocols in (("html", ("h1", "h2")), ("txt", ("h1",))):
            path = f"/a10/{number}.sub.{extension}{QUERY}"
            on_h2 = compat is not None and compat.endswith("on HTTP/2")
            for protocol in protocols:
                row = None if on_h2 and protocol == "h1" else compat
                yield Request(about, "GET", path, FIELDS, row, (protocol,))
    yield Request("a10 fs_path", "GET", "/a10/fs.sub.txt")
    yield Request("a10 fs_path", "GET", "/a10/out.sub.txt")
    yield Request("a10 fs_path", "GET", "/t.sub?pipe=sub")
    for name in ("method", "path", "scheme", "authority"):
        path = f"/a10/{name}.sub.txt"
        yield Request("a10 headers", "GET", path, on=("h1",))
        yield Request("a10 headers", "GET", path, compat="`headers[method]`", on=("h2",))
    twice = (("X-Test", "a"), ("X-Test", "b"))
    first = next(n for n, (_, text, _) in cases() if text == "{{headers[X-Test]}}")
    path = f"/a10/{first}.sub.txt"
    yield Request("a10 headers", "GET", path, twice, "A field that the request has more than once")
    invalid = "Values that are not UTF-8"
    number = next(n for n, (_, text, _) in cases() if text == "{{GET[q]}}")
    yield Request("a10 GET", "GET", f"/a10/{number}.sub.txt?q=%FF", compat=invalid)
