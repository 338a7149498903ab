"""Reads the files beside itself. Fields in its .headers do not apply to it."""

import mimetypes
import os

HERE = os.path.dirname(__file__)


def main(request, response):
    name = request.GET.first(b"name", b"notes.txt").decode()
    kind, _ = mimetypes.guess_type(name)
    response.headers.set("Content-Type", "text/plain" if kind is None else kind)
    with open(os.path.join(HERE, name), "rb") as file:
        return file.read()
