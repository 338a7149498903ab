"""Reads a text by lines, with its characters."""

import io
import os


def main(request, response):
    path = os.path.join(os.path.dirname(os.path.realpath(__file__)), "notes.txt")
    with io.open(path, encoding="utf-8") as file:
        lines = [line.rstrip("\n") for line in file]
    response.headers.set(b"X-Lines", str(len(lines)))
    return "|".join(lines)
