"""Reads what is not of the folder: `outside` is a folder beside it that has a secret."""

import codecs
import fileinput
import glob
import importlib.util
import io
import linecache
import os
import pathlib
import runpy
import shutil
import sqlite3
import tempfile
import zipfile

from hostile.attempts import report


def read(path):
    with open(path, "rb") as file:
        return file.read(100)


def low_level(path):
    number = os.open(path, os.O_RDONLY)
    return os.read(number, 100)


def beneath(folder, name):
    """By a descriptor of a folder, which a path does not go through."""
    return os.open(name, os.O_RDONLY, dir_fd=os.open(folder, os.O_RDONLY))


def module(path):
    """As code, which the error or the module would show."""
    spec = importlib.util.spec_from_file_location("secret", path)
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return vars(found)["SECRET"]


def some(listing):
    """What is found, where nothing may be."""
    if not listing:
        raise FileNotFoundError
    return listing


def main(request, response):
    outside = request.GET.first(b"outside").decode()
    secret = outside + "/secret.py"
    up = "../" * 12
    ways = {
        "absolute": lambda: read(secret),
        "climbing": lambda: read(up + secret),
        "climbing from the root": lambda: read("/.." * 12 + secret),
        "climbing from below": lambda: read("/hostile/../.." + secret),
        "as text": lambda: open(secret).read(),
        "by codecs": lambda: codecs.open(secret).read(),
        "by io": lambda: io.FileIO(secret).read(),
        "by os.open": lambda: low_level(secret),
        "by os.open, climbing": lambda: low_level(up + secret),
        "by a folder's descriptor": lambda: beneath("/", ".." + secret),
        "by a folder's descriptor, absolute": lambda: beneath("/", secret),
        "by an open descriptor": lambda: os.read(3, 100),
        "by pathlib": lambda: pathlib.Path(secret).read_bytes(),
        "by linecache": lambda: some(linecache.getlines(secret)),
        "by fileinput": lambda: next(iter(fileinput.input(secret))),
        "by runpy": lambda: runpy.run_path(secret),
        "by importlib": lambda: module(secret),
        "by copying": lambda: shutil.copyfileobj(open(secret, "rb"), io.BytesIO()),
        "by sqlite": lambda: sqlite3.connect(secret).execute("select 1").fetchall(),
        "by zipfile": lambda: zipfile.ZipFile(secret),
        "by a link to a file": lambda: read("/linked.py"),
        "by a link to a folder": lambda: read("/linked/secret.py"),
        "by a link to above": lambda: read("/above/secret.py"),
        "by a link, as code": lambda: module("/linked.py"),
        "by importing a link": lambda: __import__("linked"),
        "where a link leads": lambda: os.readlink("/linked.py"),
        "a hidden file": lambda: read("/.hidden.py"),
        "in a hidden folder": lambda: read("/.git/config"),
        "a hidden file, as code": lambda: module("/.hidden.py"),
        "the process": lambda: read("/proc/self/environ"),
        "the machine": lambda: read("/etc/passwd"),
        "a device": lambda: read("/dev/zero"),
        "the listing of what is above": lambda: os.listdir("/hostile/../.."),
        "the listing of what is outside": lambda: os.listdir(outside),
        "the listing of a link": lambda: os.listdir("/linked"),
        "walking": lambda: some(list(os.walk(outside))),
        "glob": lambda: some(glob.glob(outside + "/*") + glob.glob("/linked/*")),
        "the size of what is outside": lambda: os.stat(secret),
        "the size of what a link leads to": lambda: os.stat("/linked.py"),
        "whether it is there": lambda: some(os.path.exists(secret)),
        "temporary files": lambda: os.listdir(tempfile.gettempdir()),
        "a NUL in the name": lambda: read("/hostile/attempts.py\0" + secret),
        "a name that is too long": lambda: read("/" + "a" * 100_000),
        "a name of very many parts": lambda: read("/x" * 50_000),
    }
    if b"listing" in request.GET:
        return " ".join(sorted(os.listdir("/")))
    return report(ways)
