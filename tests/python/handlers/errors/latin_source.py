# -*- coding: iso-8859-1 -*-
"""A source in another encoding: café."""

WORD = "café"


def main(request, response):
    return [(b"X-Length", len(WORD))], WORD
