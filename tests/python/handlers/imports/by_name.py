"""Imports by a name that is made at run time."""

import importlib


def main(request, response):
    name = request.GET.first(b"module", b"imports.shelf.words").decode()
    try:
        module = importlib.import_module(name)
    except ImportError as error:
        return 404, [("X-Error", type(error).__name__)], name
    return module.greet("by name") if hasattr(module, "greet") else module.__name__
