"""Policies of a document, as the query lists them."""

from html import escape

NAMES = {
    b"coep": b"Cross-Origin-Embedder-Policy",
    b"coop": b"Cross-Origin-Opener-Policy",
    b"corp": b"Cross-Origin-Resource-Policy",
    b"csp": b"Content-Security-Policy",
    b"referrer": b"Referrer-Policy",
}


def main(request, response):
    for name, values in request.GET.items():
        for value in values:
            if name in NAMES:
                response.headers.append(NAMES[name], value)
    response.headers[b"Content-Type"] = b"text/html"
    title = request.GET.get(b"title", b"policies").decode("utf-8", "replace")
    return "<!doctype html>\n<title>%s</title>\n" % escape(title)
