"""a7: handlers and static files."""

from urllib.parse import quote

from .request import Request, both, get
from .tree import FILES

PATHS = "a7 path mapping"
FILE = "a7 FileHandler"
ROUTES = "a7 default routes"
FIELDS = "a7 .headers"
SUB = "a7 .sub."
RANGE = "a7 Range"
FOLDER = "a7 DirectoryHandler"
ASIS = "a7 AsIsHandler"
ERRORS = "a7 error pages"
CACHING = "a7 CORS, HSTS, compression, caching"

TESTED = [("X-Test", "<2>")]
FOLDER_FIELDS = [("Accept", "text/html"), ("Accept-Encoding", "gzip, br")]

RANGES = (
    "0-4 5- -3 -30 - 0-99 9-9 1-2,2-4 1-2,3-4 1-2,4-5 8-9,0-1 0_1-0_2 +1-2 007-8 "
    "10- 5-2 -0 , 0-1, 1-2-3 a-b 1__0-12 _1-2 1_-2 --1 0-1,20-30 ,0-1 0-0 9- 10-11 "
    "-10 -11 0-18446744073709551616 99999999999999999999-"
).split()
SPACED = (" 0-1", "0 - 1", "0-1 , 4-5", "0-1,\t4-5", "0-1, 4-5, 8-8", "")


def paths():
    for name in FILES:
        if name.startswith(("..", ".sub", "types/", "bad", "latin", "comment")) or "a..b" in name:
            continue
        if name.endswith((".asis", "short.txt", ".headers")) or ".sub" in name:
            continue
        compat = "A folder with" if name == "index/index.html" else None
        if compat is None:
            yield from both(PATHS, f"/{quote(name)}?q=%3C1%3E", fields=TESTED)
    yield from both(PATHS, "/a..b", compat="`..` in a name")
    # Any way to write a path.
    yield from get(
        PATHS,
        "/%61.txt",
        "/a%2Etxt",
        "/a.txt?",
        "/a.txt??",
        "/a.txt?a?b",
        "/a.txt?%",
        "/a.txt?" + "x" * 3000,
        "/x;y",
        "/x%3By",
        "/a.txt;x",
        "/x+y",
        "/x%2By",
        "/x%20y",
        "/x&y=z",
        "/100%25",
        "/sp%20ace.md",
        "/sp+ace.md",
        "/%C3%A9t%C3%A9/%E5%A4%A9%E6%B0%97.txt",
        "/%c3%a9t%c3%a9/%e5%a4%a9%e6%b0%97.txt",
        "/%E9t%E9/",
        "/%FF",
        "/%C3",
        "/two.lines.txt",
        "/none",
        "/none/",
        "/none/none/none",
        "/none?pipe=status(200)",
        "/a.txt/",
        "/a.txt/x",
        "/a.txt%20",
        "/%20a.txt",
        "/A.TXT",
        "/a.tx",
        "/a.txt.headers",
        "/a.txt%3Fx",
        "/a.txt%23x",
        "/" + "x" * 300,
        "/" + "x/" * 300,
        "/~",
        "/*",
        "/-",
        "/@",
        "/$",
        "/d/k.html",
        "/d%5Ck.html",
        "/..;/a.txt",
        "/%2e%2e%5Ca.txt",
    )
    # Climbing.
    for path in ("/../a.txt", "/d/../a.txt", "/%2e%2e/x", "/d/%2E%2E/a.txt", "/.."):
        yield from both(PATHS, path)
    one = "`//a.txt`, `/d//b`"
    yield from get(PATHS, "/d/%2e/k.html", "/./a.txt", "//a.txt", "/d//k.html", compat=one)
    yield from get(PATHS, "/%zz", "/a.txt%", "/%", "/%4", compat="A percent sign")
    yield from get(PATHS, "/été/", "/été/天気.txt", compat="Bytes beyond ASCII")
    yield from get(PATHS, "/d%2Fk.html", compat="`%2F` in a path")
    yield from get(PATHS, "/a%00", "/%00", "/d/%00/x", compat="NUL in a path")


def types():
    for name in FILES:
        if name.startswith("types/") and not name.endswith(".asis"):
            yield from both(FILE, f"/{name}", on=("h1",))
    yield from both(FILE, "/a.txt", "/empty.txt", "/noext", "/long.txt")
    yield from both(FILE, "/a.txt", fields=FOLDER_FIELDS)


def conditions():
    past, future = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 2044 08:49:37 GMT")
    # Whether a whole file and a part of it are answered otherwise.
    for name, value, whole, part in (
        ("If-None-Match", "*", True, True),
        ("If-None-Match", '"x"', False, False),
        ("If-Modified-Since", future, True, True),
        ("If-Modified-Since", past, False, False),
        ("If-Modified-Since", "yesterday", False, False),
        ("If-Unmodified-Since", past, True, True),
        ("If-Unmodified-Since", future, False, False),
        ("If-Match", '"x"', True, True),
        ("If-Match", "*", False, False),
        ("If-Range", '"x"', False, True),
        ("If-Range", past, False, True),
    ):
        condition, ask = (name, value), ("Range", "bytes=0-1")
        row = "Conditional requests"
        yield from both(CACHING, "/a.txt", fields=[condition], compat=row if whole else None)
        pair = [condition, ask]
        yield from get(CACHING, "/a.txt", fields=pair, compat=row if part else None)
        # Whose validators would be a test's own, or mean nothing.
        own = [condition, TESTED[0]]
        yield from get(CACHING, "/fresh.txt", "/t.sub.js?q=1", fields=own)
    for preflight in ("Origin", "Access-Control-Request-Method"):
        yield from get(CACHING, "/a.txt", fields=[(preflight, "http://a.test")])
    yield from get(CACHING, "/a.txt", fields=[("Upgrade-Insecure-Requests", "1")])


def routes():
    for method in ("POST", "PUT", "OPTIONS", "DELETE", "PATCH", "foo", "get"):
        for path in ("/a.txt", "/list/", "/d/k.html?pipe=status(201)"):
            there = "Methods other than GET and HEAD"
            yield Request(ROUTES, method, path, compat=there)
        yield Request(ROUTES, method, "/none")
    yield Request(ROUTES, "TRACE", "/none")


def fields():
    names = [name for name in FILES if f"{name}.headers" in FILES]
    names += ["s.txt", "ds/a.txt", "d/k.html", "d/deep/h.txt"]
    special = {
        "short.txt": "`.headers` with a `Content-Length` that is too small",
        "latin.txt": "",
        "comment.txt": "`.headers`: names that are no tokens",
    }
    for name in names:
        if name not in special:
            yield from both(FIELDS, f"/{name}?q=1&h=%3Cb%3E")
            yield from get(FIELDS, f"/{name}?pipe=slice(0,1)&q=2&h=3")
    yield from both(FIELDS, "/badsub.txt", "/bad.txt.headers", "/s.txt.sub.headers")
    yield from get(FIELDS, "/short.txt", compat=special["short.txt"], on=("h1",))
    yield from both(FIELDS, "/comment.txt", compat=special["comment.txt"])
    yield from get(FIELDS, "/s.txt", "/ds/a.txt", "/s.txt?q=%0A")
    yield from get(FIELDS, "/s.txt?q=%E9", compat="Values that are not UTF-8")
    yield from get(FIELDS, "/d/", "/ds/", "/d", "/d/__dir__.headers", "/d/none")


def templates():
    for name in FILES:
        if ".sub" in name.lower() and not name.startswith((".", "as", "list", "dir")):
            if not name.endswith(".headers"):
                yield from both(SUB, f"/{name}?q=%3C%261%3E", fields=TESTED)
                yield from get(SUB, f"/{name}?q=x&pipe=slice(1)", fields=TESTED)
    yield from get(SUB, "/tsub.html", "/t.sub.html", fields=[("X-Test", "\"'")])
    # A range cuts before the template is filled.
    for value in ("0-9", "0-4", "-5", "5-", "0-1,4-5"):
        yield from get(SUB, "/t.sub.txt?q=1", fields=[("Range", f"bytes={value}")])


def ranges():
    for value in (*RANGES, *SPACED):
        pair = [("Range", f"bytes={value}")]
        yield from get(RANGE, "/a.txt", fields=pair)
        others = ("/empty.txt", "/two.txt", "/d/g.txt", "/h.html")
        yield from get(RANGE, *others, fields=pair, on=("h1",))
    for value in ("0-9", "5-", "-3", "0-1,199990-", "199999-", "200000-", "65535-65536"):
        yield from both(RANGE, "/long.txt", fields=[("Range", f"bytes={value}")])
    for unit in ("Bytes=0-1", "lines=0-1", "bytes", "bytes =0-1", "=0-1", "bytes=0-1=", "x"):
        yield from get(RANGE, "/a.txt", fields=[("Range", unit)])
    for value in ("0-1", "0-1,4-5", "99-"):
        pair = [("Range", f"bytes={value}")]
        yield from both(RANGE, "/a.txt", fields=pair)
        for pipes in ("status(404)|slice(1)", "gzip", "sub", "header(Content-Range,x)"):
            yield from get(RANGE, f"/a.txt?pipe={pipes}", fields=pair)
        yield from get(RANGE, "/list/", "/none", "/list", fields=pair)
    coalesced = [("Range", "bytes=0-9,2-3,5-6")]
    name = "A range around two or more others"
    yield from get(RANGE, "/a.txt", fields=coalesced, compat=name)
    odd = [("Range", "bytes=0-\u00e9")]
    name = "`Range` that is not ASCII"
    yield from get(RANGE, "/a.txt", fields=odd, compat=name)


def folders():
    yield from both(
        FOLDER,
        *("/list", "/list/", "/list/?x=1", "/%6cist/", "/%6Cist", "/list/sub", "/list/sub/"),
        *("/d/", "/d", "/empty/", "/empty/only/", "/empty/only", "/list/none/"),
        "/list/?pipe=status(500)",
        "/list/?pipe=nothing",
        "/list/;",
        "/list;/",
    )
    yield from both(FOLDER, "/%C3%A9t%C3%A9", "/%C3%A9t%C3%A9/")
    slash = "Folder without its slash"
    yield from both(FOLDER, "/list?x=1", "/list?", "/d?a/b", compat=slash)
    yield from both(FOLDER, "/list?pipe=status(500)", compat=slash)
    index = "A folder with `index.html`"
    yield from get(FOLDER, "/index/", compat=index)
    # wptserve tells no length on HTTP/2, and the types are the same.
    yield Request(FOLDER, "HEAD", "/index/", compat=index, on=("h1",))
    yield from both(FOLDER, "/index")


def asis():
    yield from both(ASIS, "/as.asis", "/as.asis?pipe=status(300)", "/none.asis")


def requests(root):
    for group in (
        *(paths, types, conditions, routes, fields, templates, ranges, folders, asis),
    ):
        yield from group()
    for path in (f"{root}x/secret", f"{root}/a.txt"):
        yield from get(PATHS, "/" + quote(path, safe=""), compat="`%2F` in a path")
    for method in ("GET", "HEAD", "POST"):
        yield Request(ERRORS, method, "/none/at/all")
