"""Imports modules by their whole name, and packages."""

import imports.shelf
import imports.shelf.words as words
from imports import shelf


def main(request, response):
    assert shelf is imports.shelf
    return words.greet(imports.shelf.NAME + " " + words.__name__)
