"""What only HTTP/2 has: hooks for frames, the writer of frames, push."""

from .case import Ask, both, one, post, queries, sequence

H2 = ("h2",)
DIES = "An exception of a hook"


def shaped(path, method="GET", **more):
    """A case whose frames are compared one by one."""
    return one(path, method, frames=True, on=H2, **more)


def hooks():
    for rest in ("", "?hint=a&hint=b", "?hint=a&hint=b&hint=c"):
        yield shaped(f"/http2/hints.py{rest}")
    yield shaped("/http2/go_on.py")
    yield shaped("/http2/go_on.py?continue")
    yield shaped("/http2/go_on.py?continue", "POST", body=(b"content",), fields=(("Expect", "100-continue"),))
    for pieces in ((b"a",), (b"one", b"two", b"three"), (b"a", b""), (b"",), (b"x" * 16384, b"y")):
        yield shaped("/http2/arrivals.py", "POST", body=pieces)
        yield one("/http2/collected.py", "POST", body=pieces, fields=(("X-A", "1"),), on=H2)
        yield one("/http2/data_only.py", "POST", body=pieces, on=H2)
        yield one("/http2/both.py", "PUT", body=pieces)
        yield one("/http2/head_only.py", "POST", body=pieces, on=H2)
    trailers = (("x-sum", "1"),)
    yield one("/http2/collected.py", "POST", body=(b"a", b"b"), trailers=trailers, on=H2)
    yield one("/http2/arrivals.py", "POST", body=(b"a",), trailers=trailers, on=H2, frames=True)
    yield one("/http2/both.py", "PUT", body=(b"a",), trailers=trailers, on=H2)
    for path in ("arrivals", "collected", "data_only", "both", "head_only"):
        yield one(f"/http2/{path}.py", on=H2)
    yield from queries("http2/head_only.py", "write", on=H2)
    yield from both(queries("http2/both.py", "", "a=1"))
    # On HTTP/1 there is no main().
    yield from queries("http2/head_only.py", "", on=("h1",))
    yield from queries("http2/data_only.py", "", on=("h1",))
    events = "`frames`"
    for body in (None, (b"a",), (b"a", b"b")):
        yield one("/http2/frames.py", "POST", body=body, on=H2, row=events)
    yield one("/http2/frames.py", "POST", body=(b"a",), trailers=trailers, on=H2, row=events)


def writes():
    for how in (
        *("head", "data", "large", "file", "frame", "raw-data", "end", "continuation", "payload"),
        *("state", "raw-head", "writer-then-value", "set", "open", "after-end"),
    ):
        yield shaped(f"/http2/writes.py?how={how}")
    yield shaped("/http2/writes.py?how=upper")
    yield one("/http2/writes.py?how=head", "HEAD", on=H2)
    yield one("/http2/writes.py?how=set", "HEAD", on=H2)
    for rest in ("", "?empty"):
        yield shaped(f"/http2/last_fields.py{rest}")
    for rest in ("", "?piece=a", "?piece=a&piece=b&piece=c", "?open", "?piece=a&open"):
        yield shaped(f"/response/flush_http2.py{rest}")
    for rest in ("", "?later"):
        yield shaped(f"/http2/push.py{rest}")
    # Answers that no writer writes, frame by frame.
    for path in (
        *("/returns/forms.py?form=generator", "/returns/forms.py?form=list"),
        *("/returns/forms.py?form=text", "/returns/forms.py?form=no-pieces", "/returns/slowly.py"),
    ):
        yield shaped(path)


def failures():
    for where in ("headers", "data"):
        yield one(f"/http2/fails.py?where={where}", "POST", body=(b"a",), silent=True, on=H2, row=DIES)
    behind = "An exception behind the head"
    yield one("/http2/fails.py?where=written", "POST", body=(b"a",), on=H2, row=behind)
    for where in ("main", "none"):
        yield one(f"/http2/fails.py?where={where}", "POST", body=(b"a",), on=H2)
    for where in ("status-field", "value"):
        row = "Fields that HTTP/2 cannot carry"
        yield one(f"/http2/fails.py?where={where}", silent=True, on=H2, row=row)
    # A writer that HTTP/2 does not have.
    for path in ("/writer/by_hand.py", "/writer/content.py?how=raw", "/writer/drip.py"):
        yield one(path, on=H2, silent=True, row="The writer of HTTP/1 on HTTP/2")
    for path in ("/http2/hints.py", "/http2/last_fields.py", "/http2/writes.py?how=data"):
        yield one(path, on=("h1",), row="The writer of HTTP/2 on HTTP/1")


def together():
    path = "/http2/both.py"
    yield sequence(path, Ask(path, "POST", body=(b"a",)), path, kept=True)
    yield sequence("/http2/hints.py", "/http2/last_fields.py", path, kept=True, on=H2)
    yield post("/http2/collected.py", b"a", b"b", b"c", method="PUT", on=H2)


def cases():
    for group in (hooks, writes, failures, together):
        yield from group()
