"""Eats what there is of memory, time and what else is bounded."""

import io
import itertools
import json
import pickle
import re
import sys
import time
import zlib


def memory():
    held = []
    while True:
        held.append(bytearray(1 << 20))


def at_once():
    return bytearray(1 << 40)


def doubling():
    text = "x"
    while True:
        text += text


def objects():
    return [[] for _ in itertools.count()]


def recursion():
    sys.setrecursionlimit(1 << 30)

    def deeper(n):
        return deeper(n + 1) + 1

    return deeper(0)


def recursion_in_c():
    sys.setrecursionlimit(1 << 30)
    nested = []
    for _ in range(1_000_000):
        nested = [nested]
    return repr(nested)


def comparing():
    """Recursion in C that no limit of Python counts in some versions."""
    first, second = [], []
    for _ in range(1_000_000):
        first, second = [first], [second]
    return first == second


def deep_json():
    return json.loads("[" * 1_000_000)


def deep_source():
    return eval("(" * 100_000 + ")" * 100_000)


def deep_pickle():
    return pickle.loads(b"(" * 10_000_000 + b".")


def zip_bomb():
    small = zlib.compress(bytes(1 << 20) * 16)
    held = []
    while True:
        held.append(zlib.decompress(small))


def integers():
    return 9 ** 9 ** 9


def backtracking():
    return re.match(r"(a|aa)+$", "a" * 100 + "b")


def loop():
    while True:
        pass


def catching():
    """Goes on, whatever is raised in it."""
    while True:
        try:
            while True:
                pass
        except BaseException:
            continue


def in_c():
    """One call that never comes back to the interpreter."""
    return sum(itertools.repeat(0))


def sleep():
    time.sleep(1 << 30)


def naps():
    while True:
        time.sleep(0.001)


def log():
    while True:
        print("x" * 1000)


def errors():
    while True:
        print("x" * 1000, file=sys.stderr)


def one_line():
    sys.stdout.write("x" * (1 << 24))
    sys.stdout.flush()


DOINGS = {
    function.__name__: function
    for function in (
        *(memory, at_once, doubling, objects, recursion, recursion_in_c, comparing, deep_json),
        *(deep_source, deep_pickle, zip_bomb, integers, backtracking, loop, catching, in_c, sleep),
        *(naps, log, errors, one_line),
    )
}


def main(request, response):
    do = request.GET.first(b"do").decode()
    if do in DOINGS:
        return f"came back with {type(DOINGS[do]())}"
    if do == "fields":
        for number in itertools.count():
            response.headers.append(f"X-{number}", "x" * 100)
    if do == "long-field":
        response.headers.set("X-Long", "x" * (1 << 24))
        return "long"
    if do == "cookies":
        for number in itertools.count():
            response.set_cookie(f"name-{number}", "x" * 1000)
    if do == "generator":
        return itertools.repeat(b"x" * 65536)
    if do == "empty-pieces":
        return itertools.repeat(b"")
    if do == "lazy":
        return itertools.chain([b"first"], (1 // 0 for _ in "x"))
    if do == "lazy-loop":
        return itertools.chain([b"first"], iter(loop, None))
    if do == "lazy-memory":
        return itertools.chain([b"first"], iter(memory, None))
    if do == "endless-file":
        response.content = Endless()
        return None
    if do == "writer":
        response.write_status_headers()
        while True:
            response.writer.write(b"x" * 65536)
    if do == "content":
        return "x" * (8 << 20)
    raise ValueError(do)


class Endless(io.RawIOBase):
    """A file that has no end."""

    def read(self, size=-1):
        return b"x" * 65536
