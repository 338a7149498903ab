"""Lets another handler answer, with one of its fields more."""

from importlib import import_module


def main(request, response):
    other = import_module("imports.loose_words")
    response.headers.set(b"X-By", b"delegates")
    return other.main(request, response)
