"""A page of a file that is a template, filled in by the handler itself."""

import os.path

from wptserve.pipes import template


def main(request, response):
    name = "filled.sub.html"
    with open(os.path.join(os.path.dirname(__file__), name), "rb") as file:
        content = file.read()
    if b"text" in request.GET:
        content = request.GET[b"text"]
    response.headers.set(b"Content-Type", b"text/html")
    if b"plain" in request.GET:
        response.content = template(request, content, escape_type="none")
    else:
        response.content = template(request, content)
