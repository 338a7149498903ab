"""What the handlers beside share."""

from wptserve.utils import isomorphic_encode

GREETING = "hello"


def greet(name):
    return isomorphic_encode(f"{GREETING}, {name}")


def plain_answer(response, content):
    response.headers.set(b"Content-Type", b"text/plain")
    response.headers.set(b"Content-Length", len(content))
    return content
