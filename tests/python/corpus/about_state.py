"""What requests leave for each other: the stash; and CORS and caching, which use it."""

from .case import Ask, Case, both, get, one, post, queries, sequence
from .about_request import BODIES

KEEP = "/stash/keep.py?id={id}"
PUT = Ask(KEEP, "POST", body=(b"kept {id}",))
VALUES = (
    *("zero", "false", "empty", "empty-text", "empty-list", "text", "bytes", "float", "large"),
    *("tuple", "set", "dict", "date", "delta", "decimal", "uuid", "ordered", "array", "error"),
    "complex",
)


def stash():
    yield sequence(PUT, KEEP, KEEP, row_h2=BODIES)
    yield sequence(KEEP, PUT, KEEP, row_h2=BODIES)
    yield sequence(PUT, PUT, KEEP, row_h2=BODIES)
    yield sequence(PUT, PUT, KEEP, KEEP, kept=True, on=("h1",))
    yield sequence(PUT, KEEP + "&path=/stash/keep.py", KEEP, row_h2=BODIES)
    yield sequence(PUT, KEEP + "&path=/other", KEEP, row_h2=BODIES)
    elsewhere = Ask(KEEP + "&path=/other", "POST", body=(b"there",))
    yield sequence(elsewhere, KEEP, KEEP + "&path=/other", row_h2=BODIES)
    yield sequence(PUT, "/stash/other.py?id={id}", KEEP, row_h2=BODIES)
    yield from get(KEEP, "/stash/keep.py?id=no-uuid", "/stash/keep.py", "/stash/keep.py?id=")
    yield one("/stash/keep.py?id=no-uuid", "POST", body=(b"x",))
    for value in VALUES:
        path = f"/stash/objects.py?id={{id}}&kind={value}"
        yield sequence(Ask(path, "POST", body=(b"",)), path, path)
    path = "/stash/objects.py?id={id}&kind=none"
    yield sequence(Ask(path, "POST", body=(b"",)), path)
    for how in ("none", "twice", "key", "uncaught", "text-key"):
        yield one(f"/stash/mistakes.py?id={{id}}&how={how}")
    yield from queries("stash/mistakes.py", "how=key&id=xyz", "how=key&id=", "how=key&id=%E9")
    yield one("/stash/slots.py?id={id}")
    send = "/stash/queues.py?id={id}&how=send"
    receive = "/stash/queues.py?id={id}&how=receive"
    yield sequence(send + "&word=a&word=b", receive, receive)
    yield sequence(send, receive)


def races():
    path = "/stash/count.py?id={id}"
    for count in (1, 4, 8):
        asks = tuple(Ask(path, "POST", body=(b"",)) for _ in range(count))
        yield Case((Ask(path), Ask(path)), together=asks)
    path = "/stash/log.py?id={id}"
    logged = [
        Ask(path, "POST", (("X-Note", "one"),), (b"",)),
        Ask(path, fields=(("X-Note", "two"), ("Referer", "http://a.test/"))),
        Ask(path, "DELETE"),
    ]
    yield sequence(*logged, path + "&report", path + "&report")
    yield sequence(path + "&report")
    wait = "/stash/wait.py?id={id}"
    yield sequence(wait, wait + "&go", gate=b"waiting ")


def cors():
    simple = "/cors/simple.py"
    yield from both(get(simple, simple + "?from=http://a.test"))
    for rest in ("", "?from=http://a.test", "?from=http://b.test"):
        yield one(simple + rest, fields=(("Origin", "http://a.test"),))
    origin = ("Origin", "http://a.test")
    asked = (origin, ("Access-Control-Request-Method", "PUT"))
    named = (*asked, ("Access-Control-Request-Headers", "x-a,x-b"))
    path = "/cors/preflight.py"
    for rest in ("", "?credentials", "?age=60", "?preflight=200", "?preflight=404"):
        for fields in ((), (origin,), asked, named):
            yield one(path + rest, "OPTIONS", fields=fields)
        yield one(path + rest, fields=(origin,))
    token = path + "?token={id}"
    real = Ask(token, "PUT", (origin,), (b"content",))
    yield sequence(Ask(token, "OPTIONS", asked), real, real)
    yield sequence(Ask(token, "OPTIONS", asked), Ask(token, "OPTIONS", asked), real)
    yield sequence(real)
    for rest in (
        *("", "coep=require-corp&coop=same-origin", "corp=cross-origin", "title=%3Cb%3E"),
        *("csp=script-src+'self'&csp=img-src+*", "referrer=no-referrer&title=%C3%A9"),
    ):
        yield one(f"/cors/policies.py?{rest}")


def caching():
    path = "/caching/validators.py"
    tag = '"%s"' % "1fb1a060534164a18a99494122825190"
    past, same = "Mon, 03 Feb 2020 04:05:06 GMT", "Mon, 03 Feb 2025 04:05:06 GMT"
    for fields in (
        (),
        (("If-None-Match", "*"),),
        (("If-None-Match", tag),),
        (("If-None-Match", '"other", "more"'),),
        (("If-Modified-Since", past),),
        (("If-Modified-Since", same),),
        (("If-Modified-Since", "yesterday"),),
        (("If-None-Match", '"x"'), ("If-Modified-Since", same)),
    ):
        yield from both([one(path, fields=fields), one(path + "?content=else", fields=fields)])
    for condition in ('"x"', tag):
        yield post(path, b"new", method="PUT", fields=[("If-Match", condition)])
    once = "/caching/once.py?id={id}"
    again = Ask(once, fields=(("If-None-Match", '"1"'), ("Cache-Control", "max-age=0")))
    yield sequence(once, again, once + "&query", once + "&query")
    yield sequence(once + "&age=0", Ask(once, fields=(("Pragma", "no-cache"),)), once + "&query")
    for language in ("", "de", "fr-CA,de", "xx", "xx, en"):
        fields = (("Accept-Language", language),) if language else ()
        yield from both([one("/caching/vary.py", fields=fields)])
        yield one("/caching/vary.py", fields=(*fields, ("Accept-Encoding", "gzip, br")))
    for asked in ("bytes=0-3", "bytes=20-", "bytes=-3", "bytes=0-3,5-6", "lines=1-2", "bytes=9-99"):
        yield one("/caching/range.py", fields=(("Range", asked),))
    yield from both(get("/caching/range.py"))


def cases():
    for group in (stash, races, cors, caching):
        yield from group()
