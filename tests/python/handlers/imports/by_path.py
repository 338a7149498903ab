"""Puts its own folder where modules are looked for."""

import os
import sys

HERE = os.path.dirname(__file__)
if HERE not in sys.path:
    sys.path.insert(0, HERE)

import loose_words  # noqa: E402


def main(request, response):
    return loose_words.twice("path ")
