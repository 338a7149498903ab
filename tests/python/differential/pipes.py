"""a9: pipes, on files."""

from urllib.parse import quote

from .request import Request, both, get

GRAMMAR = "a9 grammar"
PARAMETER = "a9 parameter"
STATUS = "a9 status"
HEADER = "a9 header"
SLICE = "a9 slice"
TRICKLE = "a9 trickle"
SUB = "a9 sub"
GZIP = "a9 gzip"

WRONG = "A string of pipes that is wrong"


def piped(about, *strings, path="/a.txt", **more):
    """A GET for each string, percent-encoded where it must be."""
    safe = "()|,:\\=-[]!*;{}"
    paths = [f"{path}?pipe={quote(string, safe=safe)}" for string in strings]
    return get(about, *paths, **more)


def grammar():
    yield from piped(
        GRAMMAR,
        "status(404)header(X,b)",
        "status(404)|header(X,b)",
        "|status(404)",
        "status(404)|",
        "||status(404)||header(X,1)|",
        "status(404",
        "header(X,a\\,b)",
        "header(X,a\\)b)",
        "header(X,a\\\\b)",
        "header(X,a\\tb)",
        "header(X,a\\xb)",
        "header(X,a(b)",
        "header(X,a|b)",
        "header(X,a b)",
        "header(X,[b])",
        "header(X,)",
        "header(X,a)gzip",
        "gzip|gzip",
        "gzip|status(201)",
        "status(201)|status(202)",
        "header(X,1)|header(X,2)",
        "header(X,1)|header(X,2,true)",
        "slice(1)|slice(1)",
        "slice(2,8)|gzip|header(X,1)",
        "sub|slice(0,3)|status(203)",
    )
    # A comma that was encoded separates all the same.
    yield from get(GRAMMAR, "/a.txt?pipe=header(X%2Cb)", "/a.txt?pipe=status%28404%29")
    wrong = (
        *("nothing", "nothing(1)", "gzip()", "gzip(1)", "status", "status()", "status(x)"),
        *("status(1,2)", " status(404)", "status (404)", "STATUS(404)", "(404)", "status(404))"),
        *("header", "header(X)", "header(X,1,2,3)", "slice", "slice()", "slice(x)"),
        *("slice(1,2,3)", "slice(1,x)", "trickle", "trickle()", "trickle(x)", "sub(x)"),
        *("sub()", "sub(null)", "sub(html,none)", "sub(HTML)", "status(404)nothing"),
        *("header(X,1,maybe)", "header(X,1,)"),
    )
    for string in wrong:
        yield from piped(GRAMMAR, string, compat=WRONG)
    # They are not looked at where there is no file, and say nothing of a folder.
    yield from piped(GRAMMAR, "status(201)", "nothing", "sub(x)", path="/none")
    yield from piped(GRAMMAR, "status(201)", "nothing", path="/list/")
    many = "|".join(["header(X,1)"] * 17)
    yield from piped(GRAMMAR, many, compat="Number of pipes")


def parameter():
    yield from get(
        PARAMETER,
        "/a.txt?pipe=status(201)&pipe=status(202)",
        "/a.txt?pipe=status(201)&pipe=",
        "/a.txt?pipe=",
        "/a.txt?pipe",
        "/a.txt?pipe&x=1",
        "/a.txt?x=1&pipe=status(202)&y=2",
        "/a.txt?x=1;pipe=status(202)",
        "/a.txt?pipe=header(X,a+b)",
        "/a.txt?pipe=header(X,a%2Bb)",
        "/a.txt?pipe=header(X,a%26b)",
        "/a.txt?pipe=header(X,%41)",
        "/a.txt?Pipe=status(202)",
        "/a.txt?pipes=status(202)",
        "/a.txt?%70ipe=status(202)",
        "/a.txt?pipe%3Dstatus(202)",
        "/a.txt?&&pipe=status(202)",
    )
    # No separators but `&`, and the value goes on behind the first `=`.
    for query in ("status(202);x=1", "status(202)%26x", "=status(202)"):
        yield from get(PARAMETER, f"/a.txt?pipe={query}", compat=WRONG)


def effects():
    codes = (200, 201, 206, 299, 301, 304, 400, 404, 418, 451, 499, 500, 511, 600, 999)
    yield from piped(STATUS, *(f"status({code})" for code in codes if code != 304))
    yield from both(STATUS, "/a.txt?pipe=status(410)", "/long.txt?pipe=status(500)")
    yield from piped(STATUS, "status( 404 )", "status(4_04)", "status(+404)", "status(0404)")
    yield from piped(STATUS, "status(204)", "status(304)", on=("h1",), compat="204 and 304")
    yield from piped(STATUS, "status(99)", "status(1000)", "status(-1)", on=("h1",), compat="`status` below")
    yield from piped(
        HEADER,
        *("header(X-A,1)", "header(x-a,1)", "header(Content-Type,a/b)", "header(content-type,a/b,true)"),
        *("header(X,1,true)", "header(X,1,false)", "header(X,1,1)", "header(X,1,0)"),
        *("header(X,1,TRUE)", "header(X,1,False)", "header(X,1,True)"),
        *("header(Location,/a?b#c)", "header(Refresh,0;url=/x)"),
        *("header(Cache-Control,no-store)", "header(X, a )"),
    )
    latin = "header(X,\u00e9)"
    yield from piped(HEADER, latin, on=("h1",))
    yield from piped(HEADER, latin, on=("h2",), compat="`header` beyond ASCII", silent=True)
    short = "`.headers` with a `Content-Length` that is too small"
    yield from piped(HEADER, "header(Content-Length,5)", compat=short)
    yield from both(HEADER, "/h.html?pipe=header(X-A,0)", "/h.html?pipe=header(X-A,0,true)")
    yield from both(HEADER, "/h.html?pipe=header(Content-Type,text/x)")
    yield from piped(HEADER, "header(X,\u2603)", compat=WRONG)
    for value in ("header(X,a\\nY: 1)", "header(X,a\\r\\nY: 1)", "header(X Y,1)", "header(X:,1)"):
        yield from piped(HEADER, value, on=("h1",), compat="`header` with CR")
    slices = [
        *("slice(0)", "slice(3)", "slice(-3)", "slice(100)", "slice(-100)", "slice(null)"),
        *("slice(0,0)", "slice(2,5)", "slice(5,2)", "slice(null,5)", "slice(NULL,5)"),
        *("slice(Null,-5)", "slice(2,null)", "slice(-5,-2)", "slice(-2,-5)", "slice(1,-1)"),
        *("slice( 1 , 3 )", "slice(1_0)", "slice(99999999999999999999)", "slice(+1)"),
    ]
    yield from piped(SLICE, *slices)
    yield from piped(SLICE, "slice(3)", "slice(-3,-1)", "slice(1,2)", path="/empty.txt")
    yield from piped(SLICE, "slice(65530,65540)", "slice(-5)", "slice(199999)", path="/long.txt")
    yield from both(SLICE, "/a.txt?pipe=slice(3,5)", "/t.sub.txt?q=abcdef&pipe=slice(1,3)")


def trickles():
    yield from piped(
        TRICKLE,
        *("trickle(1)", "trickle(1:d0)", "trickle(d0)", "trickle(d0:1)", "trickle(3:d0.001:r2)"),
        *("trickle(100)", "trickle(d0.001:3:d0.001:4)", "trickle(1:d0:r2:d0)", "trickle(d.01)"),
        *("trickle(1:d0:2:d0:r4)", "trickle(1:d0:2:d0:r2)", "trickle(0:d0)", "trickle(d1e-3)"),
        *("trickle(1:d0:r4)", "trickle(1:d0)|status(203)", "header(Expires,1)|trickle(1:d0)"),
        *("header(Pragma,x)|trickle(1)", "header(Cache-Control,x)|trickle(1)"),
    )
    yield from piped(TRICKLE, "gzip|trickle(1:d0)", "slice(1)|trickle(1:d0)", compat="`trickle` behind")
    yield from both(TRICKLE, "/a.txt?pipe=trickle(2:d0.01:r2)", "/long.txt?pipe=trickle(100000:d0.01:r2)")
    yield from both(TRICKLE, "/piped.txt?pipe=trickle(1:d0)")
    for steps in ("d0:d0", "5:5", "1:1:d0"):
        yield from piped(TRICKLE, f"trickle({steps})", compat="`trickle`: two steps of one kind")
    yield from piped(TRICKLE, "trickle(1:d0:1:r3)", compat="`trickle`: `rN` with an odd N")
    yield from piped(TRICKLE, "trickle(1:x)", "trickle(::)", "trickle(r)", "trickle(dx)", compat=WRONG)


def filled():
    for pipes in ("sub", "sub(html)", "sub(none)", "sub|sub", "sub(none)|gzip"):
        name = quote(pipes, safe="()|")
        yield from both(SUB, f"/t.sub?q=%3C%22&pipe={name}", f"/tsub.html?q=%3C&pipe={name}")
        yield from both(SUB, f"/a.txt?pipe={name}")
    yield from piped(SUB, "sub", "sub(none)", path="/bad.sub.txt")
    yield from piped(SUB, "slice(3)|sub", "header(X,{{host}})|sub", "status(404)|sub", path="/tsub.html")


def compressed():
    yield from both(GZIP, "/a.txt?pipe=gzip", "/empty.txt?pipe=gzip", "/long.txt?pipe=gzip")
    yield from piped(GZIP, "gzip|slice(0,4)", "slice(0,4)|gzip", "header(Content-Encoding,x)|gzip")
    yield from piped(GZIP, "gzip|header(Content-Encoding,br)", "gzip", path="/piped.txt")


def requests():
    groups = (grammar, parameter, effects, trickles, filled, compressed)
    for group in groups:
        for request in group():
            # HEAD reaches the same pipes.
            yield request
    for string in ("status(404)", "header(X,1)", "slice(2)", "trickle(1:d0)", "gzip", "sub"):
        yield Request("a9 HEAD", "HEAD", f"/a.txt?pipe={string}")
        yield Request("a9 HEAD", "HEAD", f"/none?pipe={string}")
