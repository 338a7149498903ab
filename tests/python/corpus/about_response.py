"""What handlers give back: return values, the response, and the writer of HTTP/1."""

from urllib.parse import quote

from .case import both, get, one, queries

H1 = ("h1",)
EXPIRES = rb"expires=[^;]+"
UNPIPED = "Pipes on HTTP/2"
HEADED = "Content that the writer writes for HEAD"
TOO_LARGE = "`Content-Length` that is too large"
UNWRITTEN = "Content that cannot be written"


def returned():
    forms = (
        *("text", "bytes", "empty", "two", "three", "three-reason", "three-reason-bytes"),
        *("unknown-status", "text-in-pair", "status-list", "list"),
        *("list-in-three", "callables", "generator", "generator-two", "iterator", "set"),
        *("dict", "file", "no-pieces", "no-fields", "none", "number-value", "same-field"),
        *("three-reason-none", "three-reason-empty", "nothing"),
    )
    yield from both(queries("returns/forms.py", *(f"form={form}" for form in forms)))
    yield from both([one("/returns/forms.py?form=two-letters", row="A status below 100")])
    wrong = (
        *("text-status", "status-three", "status-word", "status-none", "one-tuple", "no-tuple"),
        *("four", "dict-fields", "none-fields", "none-value", "float-value", "field-three"),
        "snowman-value",
    )
    yield from queries("returns/forms.py", *(f"form={form}" for form in wrong))
    # The head is sent, and then its content cannot be.
    for form in ("number", "true", "none-content"):
        row = "An item of a generator that is a number"
        yield one(f"/returns/forms.py?form={form}", silent=True, row=row)
    yield from get("/returns/forms.py")
    yield from both(get("/returns/nothing.py", "/returns/helper.py", "/returns/helper.py?refuse"))
    yield from both(get("/returns/decorated.py", "/returns/decorated.py?three"))
    yield from queries("returns/as_json.py", "", *(f"form={f}" for f in ("none", "two", "three", "wrong")))
    yield from queries("returns/callable_object.py", "", "n=2", "n=3", "n=9", "n=x")
    yield from both(queries("returns/slowly.py", "", "count=1", "count=0", "count=5&pause=0.01"))
    yield from queries("returns/slowly.py", "count=x")
    row = "Content that fails on the way"
    for rest in ("", "before=0", "before=1"):
        yield one(f"/returns/breaks.py?{rest}", silent=True, row=row)
    yield one("/returns/breaks.py?length=20", silent=True, row_h2=row)
    tested = (("X-Test", "<1>"),)
    plain = "/returns/template.sub.py"
    yield one(f"{plain}?q=%3C1%3E", fields=tested, row_h2=UNPIPED)
    yield one(plain, row_h2=UNPIPED)


def pipes():
    twice = "Pipes on the value that a Python handler returns"
    for pipe in ("status(404)", "header(X-Pipe,1)", "gzip", "slice(0,2)", "sub", "sub(none)"):
        row = twice if pipe in ("gzip",) else None
        yield one(f"/returns/forms.py?form=text&pipe={pipe}", row_h1=row)
    yield one("/returns/forms.py?form=text&pipe=none", row="A string of pipes that is wrong")
    for pipe in ("slice(1)", "header(X-Pipe,1,true)", "slice(1)|slice(1)"):
        yield one(f"/returns/forms.py?form=text&pipe={pipe}", row_h1=twice)
        yield one(f"/returns/nothing.py?pipe={pipe}", row_h2=UNPIPED)
    for pipe in ("trickle(d0.01)", "trickle(2:d0.01)", "slice(2)", "status(201)"):
        yield one(f"/returns/nothing.py?pipe={pipe}", row_h2=UNPIPED)
        yield one(f"/response/flush.py?pipe={pipe}", on=H1)
        yield one(f"/response/whole.py?pipe={pipe}")


def fields():
    texts = (
        *("", "do=set,X-A,1", "do=set,X-A,1&do=set,x-a,2", "do=append,X-A,1&do=append,x-a,2"),
        *("do=set-text,X-A,text", "do=set-number,X-A,5", "do=item,X-A,1&do=item,X-B,2"),
        *("do=set,X-A,1&do=delete,x-a", "do=update,X-A,1,X-A,2,X-B,3", "do=in,X-A"),
        *("do=set,X-A,1&do=in,x-a", "do=get,X-A", "do=get-or,X-A", "do=set,X-A,1&do=index,X-A"),
        *("do=append,X-A,1&do=append,X-A,2&do=get,X-A", "do=set,X-A,1&do=items", "do=set,X-A,"),
        *("do=replace,X-A,1,X-B,2", "do=set,X-A,1&do=replace,X-B,2", "do=set,Content-Type,text/x"),
        *("do=append,Set-Cookie,a=1&do=append,X-B,1&do=append,set-cookie,b=2", "do=set,X-A"),
        *("do=set,X-A,a&do=append,X-A,b&do=set,X-A,c", "do=set,x-a,1&do=set,X-a,2&do=items"),
        "do=set,Content-Length,2",
    )
    yield from both(queries("response/fields.py", *texts))
    yield from queries("response/fields.py", "do=delete,X-A", row="`del response.headers[name]`")
    yield from queries("response/fields.py", "do=index,X-A")
    yield one("/response/fields.py?do=replace,Content-Length,9,X-B,2", row_h2=TOO_LARGE)
    latin = "Text beyond ASCII in a field"
    yield one("/response/fields.py?do=set,X-A,%E9", on=H1)
    yield one("/response/fields.py?do=set-text,X-A,%E9", on=H1)
    forged = "Names of fields that are no tokens"
    yield from queries("response/fields.py", "do=set,X-A,1%0D%0AX-B:2", row=forged, on=H1)


def statuses():
    for kind in (
        *("number", "pair", "pair-bytes", "pair-none", "pair-number", "pair-empty", "list"),
        *("text", "bytes", "float", "none", "triple", "pair-latin"),
    ):
        for status in ("200", "404"):
            on = H1 if kind.startswith("pair-") else ("h1", "h2")
            yield one(f"/response/statuses.py?kind={kind}&status={status}", on=on)
    beyond = "A reason phrase beyond Latin-1"
    yield from queries("response/statuses.py", "kind=pair-snowman&status=404", on=H1, row=beyond)
    for status in (201, 203, 205, 206, 226, 299, 300, 301, 307, 400, 418, 422, 451, 500, 503, 599, 999):
        yield one(f"/response/statuses.py?status={status}")
    for status in (204, 304):
        yield from queries("response/statuses.py", f"status={status}&empty")
        yield one(f"/response/statuses.py?status={status}", row="204 and 304 with content")
    yield from both(get("/response/no_such_attribute.py", "/response/plain_list.py"))


def contents():
    kinds = ("text", "latin", "list", "appended", "file", "own-length", "large", "joined")
    yield from both(queries("response/contents.py", *(f"kind={kind}" for kind in (*kinds, "nothing"))))
    wide = "`response.encoding` that is not ASCII's"
    yield from both([one("/response/contents.py?kind=utf16", row=wide)])
    for kind in ("latin-snowman", "none"):
        yield one(f"/response/contents.py?kind={kind}", silent=True, row=UNWRITTEN)
    row = "`Content-Length` that is too small"
    yield one("/response/contents.py?kind=too-small", silent=True, row=row)
    yield one("/response/contents.py?kind=too-large", silent=True, row_h2=TOO_LARGE)
    yield from both(queries("response/head.py", "", "pieces"))
    yield from queries("response/head.py", "body", "pieces&body")
    yield one("/response/head.py?length", row_h1=TOO_LARGE)
    yield one("/response/head.py?length", "HEAD")
    row = "`send_body_for_head_request` on HTTP/2"
    for rest in ("body", "pieces&body"):
        yield one(f"/response/head.py?{rest}", "HEAD", row_h2=row)
    yield from both(get("/response/bare.py", "/response/bare.py?length"))


def cookies():
    for step in (
        *("plain", "text", "path", "no-path", "domain", "age", "age-delta", "until", "strict"),
        *("not", "comment", "none", "delete", "delete-path", "by-hand", "until-delta", "unset"),
    ):
        own = step in ("until-delta", "none", "delete", "delete-path")
        yield one(f"/response/cookies.py?do={step}", volatile=EXPIRES if own else None)
    yield from queries("response/cookies.py", "", "do=plain&do=text&do=path", "do=plain&do=plain")
    yield from queries("response/cookies.py", "do=plain&do=unset", "do=text&do=unset")
    beside = "`unset_cookie` beside another cookie"
    yield one("/response/cookies.py?do=plain&do=text&do=unset", row=beside)
    yield one("/response/cookies.py?do=plain&do=delete", volatile=EXPIRES)


def errors():
    for code in (400, 404, 418, 451, 599):
        for rest in ("", "&message=gone", "&message=%22%C3%A9%22", "&message=a&object"):
            yield one(f"/response/error.py?code={code}{rest}")
    above = "`set_error` with 500 and above"
    for rest in ("", "&message=broken"):
        yield one(f"/response/error.py?code=500{rest}", row=above)
    yield from queries("response/error.py", "status=200", "code=404&message=x&status=410")


def streamed():
    texts = ("", "piece=a&piece=b", "length", "length&piece=a", "status=404", "late", "pause=0")
    yield from both(queries("response/flush.py", *texts, "type=image/png", on=H1), row=HEADED)
    yield from both(queries("response/flush.py", "piece=", on=H1))
    yield from both(get("/response/whole.py", "/response/whole.py?content"))
    yield from both(queries("writer/until_gone.py", "", "limit=200000", on=H1), row=HEADED)
    yield from both(queries("writer/until_gone.py", "limit=0", on=H1))
    yield from queries("writer/drip.py", "", "count=1", "count=30", on=H1)


def by_writer():
    texts = ("", "status=404", "status=299", "reason=Own+Words", "bare", "no-status", "length", "bare&length")
    yield from both(queries("writer/by_hand.py", *texts, on=H1))
    yield one("/writer/by_hand.py?keep&length", on=H1)
    for how in (
        *("once", "text", "after-status", "after-field", "after-head", "none", "raw", "raw-none"),
        *("raw-file", "state", "twice"),
    ):
        yield one(f"/writer/content.py?how={how}", on=H1)
    yield one("/writer/content.py?how=wrong", on=H1, row=UNWRITTEN)
    for rest in ("", "hint=a&hint=b", "hint=a&hint=b&hint=c&hint=d"):
        yield from both(queries("writer/early_hints.py", rest, on=H1))
    twice = "An answer by `response.writer._handler`"
    yield from queries("writer/interim.py", "", "code=103", "code=100&code=103", on=H1, row=twice)
    yield from queries("writer/chunked.py", "", "piece=", "piece=a", "cut", "wrong", on=H1)
    kinds = ("no-reason", "old", "newlines", "folded", "twice", "spaces", "nul", "no-head", "cut")
    yield from queries("writer/odd.py", *(f"kind={kind}" for kind in kinds), on=H1)
    yield one("/writer/odd.py?kind=empty", on=H1, row="A writer that is given nothing")


def redirects():
    yield from both(queries("response/redirect.py", "", "location=/a", "count=2", "status=307&count=1"))
    for status in (301, 302, 303, 308):
        yield one(f"/response/redirect.py?status={status}&location=http://a.test/b?c%23d")
    yield one("/response/redirect.py?count=1", fields=(("Origin", "http://a.test"),))
    yield one("/response/redirect.py?location=x", "POST", body=(b"content",))
    for rest in (
        *("", "type=text/html", "type=", "status=201", "status=404&reason=Not+Here"),
        *("header=X-A:1&header=X-A:2&header=X-B:", "content=", "header=Link:</a>;rel=x"),
        "type=text/html;charset=utf-8&content=" + quote("<p>é"),
    ):
        yield one(f"/response/typed.py?{rest}")
    yield from queries("response/typed.py", "header=none", "status=x")


def ranges():
    path = "/response/parts.py"
    yield from get(path)
    for asked in (
        *("bytes=0-3", "bytes=20-", "bytes=-3", "bytes=9-99", "bytes=-", "bytes=0-1,3-4", "bytes=4-9,2-5"),
        *("bytes=5-6,0-1", "bytes=26-", "bytes=3-2", "bytes=1", "bytes=a-b", "lines=1-2", "caf\u00e9", ""),
    ):
        for rest in ("", "?through"):
            yield one(path + rest, fields=(("Range", asked),))


def cases():
    for group in (
        *(returned, pipes, fields, statuses, contents, cookies, errors, streamed, by_writer),
        *(redirects, ranges),
    ):
        yield from group()
