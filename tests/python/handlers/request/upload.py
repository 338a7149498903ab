"""Posts a file back to a window, as the target of a form would."""

import html

from wptserve.utils import isomorphic_decode


def main(request, response):
    if b"file" not in request.POST:
        return 400, [(b"Content-Type", b"text/plain")], b"no file"
    part = request.POST[b"file"]
    if isinstance(part, bytes):
        return "text of %d bytes" % len(part)
    name = html.escape(part.filename, quote=True)
    value = part.value
    if isinstance(value, str):
        value = value.encode("utf-8")
    said = html.escape(isomorphic_decode(value))
    response.headers.set(b"Content-Type", b"text/html;charset=utf-8")
    response.headers.append(b"X-Part", part.headers["content-type"])
    return f"<!doctype html><title>{name}</title><pre>{said}</pre>"
