"""What wptserve's own router catches of some paths by some hundreds of patterns,
as JSON for host-server's tests.

    python3 tests/python/route_vectors.py > host/server/tests/vectors/routes.json

A path's value is what `request.route_match` would be, or null where the pattern
is not for it. Where wptserve raises, the vector is the exception's name.
"""

import itertools
import json

from wptserve.router import compile_path_match

PATTERNS = [
    "", "/", "*", "/*", "a", "/a", "/a/", "//a", "a/b", "*.py", "/*.py", "*.", "*/", "*/x",
    "{spec}/tools/*", "/_certs/*", "/tools/*", "/results/", "api/{resource}/*.json",
    "/api/{id}/*", "/q/{a}_{b}", "/q/{a}{b}", "{a}{b}{c}", "/{a}", "/{a}/", "/{a}/{b}", "{a}b",
    "/x{a}", "/{a}.{b}", "/{a}*", "/{a}/*", "/{a}b*", "/a*", "/a*b", "/a/*b/c", "/a**", "/*/*",
    "/*{a}", "/*/{a}", "/{", "/{}", "/}", "/a}", "/{a", "/{a:int}", "/{a-b}", "/{a b}", "/{1}",
    "/{1a}", "/{_}", "/{_1}", "/{a}/{a}", "/{a}{a}", "/{é}", "/{{a}}", "/{a}}", "/\\*", "/a\\*b",
    "/a\\{b\\}", "/\\{a}", "/a\\", "/a\\/b", "/a\\\\*", "/\\\\{a}", "/a\\*", "/a.b", "/a+b", "/[a]",
    "/(a)", "/a|b", "/^a$", "/a%20b", "/a%2Fb", "/{a}%2F{b}", "/a;b", "/a=b&c", "/~a", "/a,b",
    "/.well-known/*", "/.well-known/{a}/{b}", "/{a}/x/{b}", "/{a}/x/*", "/{a}/{b}/*.html",
    "*.any.html", "*.any.worker.js", "/common/*.sub.{a}", "/{a}-{b}-{c}", "/a{b}a", "/{a}a{b}a",
]
PIECES = ["/", "a", "b", "{x}", "{y}", "*", "\\", "."]
PATHS = [
    "/", "/a", "/a/", "//a", "/b", "/a/b", "/ab", "/a/b/c", "/x.py", "/a/x.py", "/.py", "/x/", "/x",
    "/dom/tools/x", "/dom/tools/", "/dom/tools", "/_certs/k.pem", "/tools/x/y", "/results/",
    "/api/test/data.json", "/api/test/test2/data.json", "/api/1/x/y", "/api//x", "/api/1/",
    "/q/1_2_3", "/q/_", "/q/1_", "/q/a_b/", "/q/ab", "/q/a", "/abc", "/aab", "/aba", "/aabaa", "/a.b",
    "/a.b.c", "/xb", "/b/x", "/a*b", "/a\\*b", "/\\*", "/\\{a}", "/a\\{b\\}", "/a\\", "/a\\/b",
    "/a\\\\x", "/\\\\x", "/a+b", "/[a]", "/(a)", "/a|b", "/^a$", "/a%20b", "/a%2Fb", "/a%2fb", "/a;b",
    "/a=b&c", "/~a", "/a,b", "/}", "/a}", "/{a}", "/.well-known/x/y", "/m/x/n", "/m/x/", "/c/d/e.html",
    "/t.any.html", "/d/t.any.worker.js", "/1-2-3-4", "/a//b", "/./a", "/..", "/%7Ea", "/a/../b",
]


def patterns():
    yield from PATTERNS
    for length in (2, 3, 4):
        for pieces in itertools.islice(itertools.product(PIECES, repeat=length), 0, None, 11):
            yield "/" + "".join(pieces)


def caught(regexp, path):
    """As `Router.get_handler` makes `request.route_match`."""
    m = regexp.match(path)
    if m is None:
        return None
    parts = m.groupdict().copy()
    if len(parts) < len(m.groups()):
        parts["*"] = m.groups()[-1]
    return parts


def vector(pattern):
    try:
        regexp = compile_path_match(pattern)
    except Exception as error:
        return {"pattern": pattern, "error": type(error).__name__}
    # Those that are caught, and of the others enough to see that they are not.
    found = {path: caught(regexp, path) for path in PATHS}
    missed = [path for path, parts in found.items() if parts is None][:: 1 + len(PATHS) // 16]
    return {
        "pattern": pattern,
        "paths": {path: parts for path, parts in found.items() if parts is not None or path in missed},
    }


if __name__ == "__main__":
    lines = [json.dumps(vector(pattern)) for pattern in dict.fromkeys(patterns())]
    print("[\n%s\n]" % ",\n".join(lines))
