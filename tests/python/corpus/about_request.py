"""What handlers see of a request."""

from .case import get, one, post, queries, sequence

FORM = ("Content-Type", "application/x-www-form-urlencoded")
BOUNDARY = "----handlers"
MULTIPART = ("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
BODIES = "Bodies on HTTP/2: `body`, `POST`, `raw_input`"
PSEUDO = "`headers` on HTTP/2: `method`"
URL = "`url` on HTTP/2"


def multipart(*parts):
    """A form of parts: name, content, and the rest of its head."""
    body = b""
    for name, content, more in parts:
        head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'
        body += head.encode("utf-8") + content + b"\r\n"
    return body + f"--{BOUNDARY}--\r\n".encode()


def query():
    yield from queries(
        "request/query.py",
        *("", "a=1", "a=1&b=2&a=3", "a", "a=", "=1", "a=b=c", "a+b=c+d", "%61=%62", "a%26b=%3D"),
        *("a=%E9", "a=%C3%A9", "%E9=1", "a=%", "a=%zz", "a=1;b=2", "&&a=1&&", "a=1#", "é=1"),
        *("a=%00", "a=%0D%0A", "a=" + "x" * 2000, "a=%2B+", "?a=1", "a=1?b=2"),
    )
    for how in ("first", "first-or", "index", "get", "get-or", "last", "list", "in", "text-key"):
        for rest in ("name=a&a=1", "name=a&a=1&a=2", "name=a", "name=a&a=", "name=%E9&%E9=1"):
            yield one(f"/request/query.py?how={how}&{rest}")
    yield from queries("request/query.py", "how=keys&b=1&a=2&b=3", "how=len&a=1&a=2&b")


def methods():
    for method in ("GET", "HEAD", "OPTIONS", "DELETE", "PATCH", "foo", "get", "PROPFIND", "M-SEARCH"):
        yield one("/request/method.py", method)
    for method in ("POST", "PUT"):
        yield post("/request/method.py", b"content", method=method)
        yield post("/request/method.py", method=method)
    yield post("/request/method.py", b"content", method="DELETE")


def fields():
    sent = (("X-One", "1"), ("X-Two", "a, b"), ("X-Empty", ""), ("X-Latin", "caf\u00e9"))
    for how in (
        *("items", "get", "get-text", "get-or", "index", "in", "list", "list-or", "keys"),
        *("iterate", "iteritems", "set"),
    ):
        yield one(f"/request/fields.py?how={how}", fields=sent)
    yield one("/request/fields.py?how=raw", fields=sent)
    for how in ("get", "get-or", "in", "list-or", "index", "list"):
        yield from queries("request/fields.py", f"how={how}&name=X-None", f"how={how}&name=x-ONE")
        yield one(f"/request/fields.py?how={how}&name=x-oNe", fields=sent)
    for how in ("get", "list", "items"):
        twice = "`headers`: a field that came more than once"
        lines = (("X-One", "1"), ("X-One", "2"))
        yield one(f"/request/fields.py?how={how}&name=X-One", fields=lines, row=twice)
    for name in ("method", "path", "authority", "scheme"):
        yield one(f"/request/fields.py?how=in&name={name}", row_h2=PSEUDO)
    yield one("/request/fields.py?how=get&name=host", row_h2=PSEUDO)
    told = (("Accept", "*/*"), ("Origin", "http://a.test"), ("Referer", "http://a.test/b"))
    yield one("/request/block.py", fields=(*told, ("User-Agent", "handlers/1")), row_h2=PSEUDO)
    yield one("/request/block.py", fields=(("Accept", "text/html;q=0.9"),), on=("h1",))


def parts():
    for part in (
        *("path", "query", "parsed", "pairs", "segments", "name", "target", "again"),
        *("scheme", "netloc", "port", "hostname", "url", "without-query"),
    ):
        of_url = part in ("scheme", "netloc", "port", "hostname", "url", "without-query")
        row = URL if of_url else None
        for rest in ("", "&a=1&b=%C3%A9", "&x=/y/?z"):
            yield one(f"/request/parts.py?part={part}{rest}", row_h2=row)
    yield from get("/request/parts.py", "/request/%70arts.py?part=path")
    yield from get("/request/%70arts.py?part=name", "/request/parts.py?part=segments&/a")


def bodies():
    for body in ((b"text",), (b"",), (b"\x00\xff\r\n\r\n",), (b"one ", b"two"), (b"x" * 50000,)):
        for rest in ("", "?reverse"):
            row = BODIES if any(body) else None
            yield post(f"/request/body.py{rest}", *body, row_h2=row)
    yield post("/request/body.py", b"typed", fields=[("Content-Type", "text/x-own")], row_h2=BODIES)
    yield post("/request/body.py", b"put", method="PUT", row_h2=BODIES)
    yield post("/request/body.py", b"got", method="GET", row_h2=BODIES)
    yield one("/request/body.py", "POST")
    yield one("/request/body.py")
    for how in ("read", "lines", "iterate", "seek", "body-first", "length", "beyond", "before"):
        for body in (b"first\nsecond line\n\nlast", b"", b"\n", b"ab"):
            refused = how in ("beyond", "before")
            row = BODIES if body and not refused else None
            yield post(f"/request/raw_input.py?how={how}", body, row_h2=row)


def forms():
    for how in ("items", "first", "first-or", "index", "get", "list", "in"):
        for body in (b"a=1&b=2", b"a=1&a=2", b"b=1", b"a=%E9+%26", b"a=&=1&a", b""):
            yield post(f"/request/form.py?how={how}", body, fields=[FORM], row_h2=BODIES if body else None)
    text = multipart(("a", b"1", ""), ("b", b"caf\xc3\xa9", ""))
    file = '; filename="a.txt"\r\nContent-Type: text/plain'
    files = multipart(("a", b"line 1\r\nline 2", file), ("b", b"text", ""))
    binary = multipart(("a", bytes(range(256)), '; filename="a.bin"'))
    twice = multipart(("a", b"1", ""), ("a", b"2", file))
    unnamed = multipart(("a", b"x", '; filename=""\r\nContent-Type: application/octet-stream'))
    for body in (text, files, binary, twice, unnamed, files[:-20], multipart()):
        for how in ("items", "list", "in"):
            ask = f"/request/form.py?how={how}"
            yield post(ask, body, fields=[MULTIPART], row_h2=BODIES)
    named = multipart(("file", b"<b>&", '; filename="<x>.txt"\r\nContent-Type: text/x-a'))
    for body in (named, multipart(("file", b"text", "")), multipart(("other", b"", ""))):
        yield post("/request/upload.py", body, fields=[MULTIPART], row_h2=BODIES)
    yield post("/request/upload.py", b"file=text", fields=[FORM], row_h2=BODIES)
    no_form = "`POST` of a body that is no form"
    for kind in ("text/plain", "application/json"):
        ask = [("Content-Type", kind)]
        yield post("/request/form.py?how=in", b"a=1", fields=ask, row=no_form)
    yield post("/request/form.py", b"a=1", row_h2=BODIES)
    yield post("/request/form.py", b"a=1", method="PUT", fields=[FORM], row_h2=BODIES)


def cookies():
    for how in ("all", "in", "index", "first", "list", "equals", "get", "count"):
        for sent in ("a=1", "b=2; a=1", "a=1; b=2; c=", 'a="1"', "a=1;b=2", "a=b=c", ""):
            yield one(f"/request/cookies.py?how={how}", fields=(("Cookie", sent),))
    yield from get("/request/cookies.py?how=in")
    yield one("/request/cookies.py?how=list", fields=(("Cookie", "a=1; a=2"),), row="Cookies of one name")
    bad = "A pair of cookies that Python cannot read"
    for sent in ("a=1; bare", "a=caf\u00e9; b=2"):
        yield one("/request/cookies.py", fields=(("Cookie", sent),), row=bad)
    named = "Cookies that are named like attributes"
    yield one("/request/cookies.py", fields=(("Cookie", "a=1; path=/x"),), row=named)


def credentials():
    known = ("dXNlcjpwYXNz", "dXNlcjo=", "OnBhc3M=", "dXNlcjpwOnE=", "dcOpOnA=")
    for value in known:
        field = ("Authorization", f"Basic {value}")
        yield one("/request/authentication.py", fields=(field,))
        yield one("/request/authentication.py?user=user&realm=else", fields=(field,))
    yield from get("/request/authentication.py", "/request/authentication.py?realm=there")
    other = "`auth`: another scheme than Basic"
    for value in ("Bearer abc", "Digest username=a"):
        yield one("/request/authentication.py", fields=(("Authorization", value),), row=other)
    wrong = "`auth`: credentials that are malformed"
    for value in ("Basic", "Basic dXNlcg=="):
        yield one("/request/authentication.py", fields=(("Authorization", value),), row=wrong)


def facts():
    yield from get("/request/names.py", "/request/names.py?a=1")
    for how in ("route", "base", "address", "root", "types"):
        yield one(f"/request/facts.py?how={how}")
    yield one("/request/facts.py?how=repr")
    yield one("/request/facts.py?how=line")
    yield one("/request/facts.py?how=version")
    for how in (
        *("ports", "port", "host", "attribute", "domains", "all-domains", "origin", "get"),
        *("get-or", "in", "none"),
    ):
        yield one(f"/request/config.py?how={how}")
    here = "/request/connection.py?id={id}"
    yield sequence(here, here, kept=True)
    yield sequence(here, here)
    yield sequence(here, here, here, kept=True)


def cases():
    for group in (
        *(query, methods, fields, parts, bodies, forms, cookies, credentials, facts),
    ):
        yield from group()
