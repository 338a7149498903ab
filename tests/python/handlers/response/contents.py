"""Content of every kind, set on the response."""

import io


def main(request, response):
    kind = request.GET.first(b"kind")
    response.headers.set(b"Content-Type", b"text/plain")
    if kind == b"text":
        response.content = "caf\u00e9 \u2603"
    elif kind == b"latin":
        response.encoding = "iso-8859-1"
        response.content = "caf\u00e9"
    elif kind == b"utf16":
        response.encoding = "utf-16-le"
        response.content = ["a", "b", b"c"]
    elif kind == b"latin-snowman":
        response.encoding = "iso-8859-1"
        response.content = "\u2603"
    elif kind == b"list":
        response.content = [b"a", "b", lambda: "c"]
    elif kind == b"appended":
        response.content.append("one ")
        response.content.append("two")
    elif kind == b"file":
        response.content = io.BytesIO(b"f" * 40000)
    elif kind == b"own-length":
        response.headers.set(b"Content-Length", b"4")
        response.content = b"four"
    elif kind == b"too-small":
        response.headers.set(b"Content-Length", b"2")
        response.content = b"four"
    elif kind == b"too-large":
        response.headers.set(b"Content-Length", b"9")
        response.content = b"four"
    elif kind == b"large":
        response.content = b"0123456789abcdef" * 12500
    elif kind == b"none":
        response.content = None
    elif kind == b"joined":
        response.content = ["a", b"b"]
        response.content = b"|".join(
            item if isinstance(item, bytes) else item.encode() for item in response.iter_content()
        )
    elif kind == b"nothing":
        pass
