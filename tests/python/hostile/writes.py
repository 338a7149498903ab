"""Changes the folder, of which a handler can only read."""

import dbm
import logging
import os
import pathlib
import shelve
import shutil
import sqlite3
import tempfile
import zipfile

from hostile.attempts import report

OWN = "/hostile/attempts.py"


def write(path, mode):
    with open(path, mode) as file:
        return file.write("x" if "b" not in mode else b"x")


def low_level(path, flags):
    return os.write(os.open(path, flags, 0o666), b"x")


def by_sqlite():
    with sqlite3.connect("/new.sqlite") as database:
        database.execute("create table t (x)")


def main(request, response):
    return report({
        "over a file": lambda: write(OWN, "w"),
        "behind a file": lambda: write(OWN, "a"),
        "into a file": lambda: write(OWN, "r+"),
        "a new file": lambda: write("/new.txt", "w"),
        "a new file, if it is new": lambda: write("/new.txt", "x"),
        "a new file in bytes": lambda: write("/hostile/new.bin", "wb"),
        "by os.open": lambda: low_level(OWN, os.O_WRONLY),
        "by os.open, cutting": lambda: low_level(OWN, os.O_RDWR | os.O_TRUNC),
        "by os.open, making": lambda: low_level("/new.txt", os.O_WRONLY | os.O_CREAT),
        "cutting at reading": lambda: os.open(OWN, os.O_RDONLY | os.O_TRUNC),
        "making at reading": lambda: os.open("/new.txt", os.O_RDONLY | os.O_CREAT),
        "by pathlib": lambda: pathlib.Path(OWN).write_text("x"),
        "touching": lambda: pathlib.Path("/new.txt").touch(),
        "the time of a file": lambda: os.utime(OWN, (0, 0)),
        "cutting": lambda: os.truncate(OWN, 0),
        "removing": lambda: os.remove(OWN),
        "removing a folder": lambda: os.rmdir("/hostile"),
        "removing a tree": lambda: shutil.rmtree("/hostile"),
        "renaming": lambda: os.rename(OWN, "/new.py"),
        "replacing": lambda: os.replace(OWN, "/hostile/reads.py"),
        "moving": lambda: shutil.move(OWN, "/new.py"),
        "copying": lambda: shutil.copy(OWN, "/new.py"),
        "a folder": lambda: os.mkdir("/new"),
        "folders": lambda: os.makedirs("/new/and/deep"),
        "a link": lambda: os.symlink("/etc", "/new"),
        "a hard link": lambda: os.link(OWN, "/new.py"),
        "a temporary file": lambda: tempfile.TemporaryFile().write(b"x"),
        "a named temporary file": lambda: tempfile.NamedTemporaryFile(dir="/"),
        "a temporary folder": lambda: tempfile.mkdtemp(dir="/"),
        "an archive": lambda: zipfile.ZipFile("/new.zip", "w"),
        "a database": by_sqlite,
        "a dbm": lambda: dbm.open("/new.dbm", "c"),
        "a shelf": lambda: shelve.open("/new.shelf"),
        "a log": lambda: logging.FileHandler("/new.log"),
        "outside": lambda: write("/../new.txt", "w"),
        "through a link": lambda: write("/linked/new.txt", "w"),
    })
