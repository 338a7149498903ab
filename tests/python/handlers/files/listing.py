"""Looks around in its folder."""

import os
import pathlib


def main(request, response):
    here = pathlib.Path(__file__).resolve().parent
    names = sorted(name for name in os.listdir(str(here)) if not name.startswith(("__", ".")))
    found = [
        os.path.exists(str(here / "notes.txt")),
        (here / "none").exists(),
        os.path.getsize(str(here / "dot.bin")),
        os.path.relpath(str(here), request.doc_root),
        os.path.isdir(os.path.join(str(here), os.pardir, "files")),
        (here / "notes.txt").read_text(encoding="utf-8").splitlines()[0],
        sorted(path.name for path in here.glob("*.json")),
    ]
    return [(b"X-Names", b",".join(os.fsencode(name) for name in names))], repr(found)
