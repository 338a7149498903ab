"""Statuses of every kind, set on the response."""

from wptserve.utils import isomorphic_decode

KINDS = {
    b"number": lambda value: int(value),
    b"pair": lambda value: (int(value), "Some Words"),
    b"pair-bytes": lambda value: (int(value), b"Some Words"),
    b"pair-none": lambda value: (int(value), None),
    b"pair-number": lambda value: (int(value), 7),
    b"pair-empty": lambda value: (int(value), ""),
    b"pair-latin": lambda value: (int(value), "Tr\u00e8s Bien"),
    b"pair-snowman": lambda value: (int(value), "\u2603"),
    b"list": lambda value: [isomorphic_decode(value), "Listed"],
    b"text": lambda value: isomorphic_decode(value),
    b"bytes": lambda value: value,
    b"float": lambda value: float(value),
    b"none": lambda value: None,
    b"triple": lambda value: (int(value), "a", "b"),
}


def main(request, response):
    value = request.GET.first(b"status", b"200")
    response.status = KINDS[request.GET.first(b"kind", b"number")](value)
    response.headers.set("X-Status", repr(response.status).replace("\u2603", "snowman"))
    response.content = b"" if b"empty" in request.GET else b"content"
