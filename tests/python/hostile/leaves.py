"""Leaves in every way that there is."""

import atexit
import faulthandler
import os
import signal
import sys


class Unprintable(Exception):
    """An error that does not say what it is."""

    def __str__(self):
        raise RuntimeError("no words")

    __repr__ = __str__


class Endless(Exception):
    """An error that never finishes saying what it is."""

    def __str__(self):
        while True:
            pass


class Base(BaseException):
    """One that `except Exception` does not see."""


class Odd(type):
    """A class whose name is an error."""

    @property
    def __name__(cls):
        raise ValueError("no name")


class Nameless(Exception, metaclass=Odd):
    pass


def chain():
    """An error with very many causes."""
    error = None
    for number in range(20_000):
        following = ValueError(number)
        following.__cause__ = error
        error = following
    raise error


def circle():
    """An error that is its own cause."""
    error = ValueError("round")
    error.__cause__ = error
    raise error


def deep():
    def deeper():
        deeper()

    deeper()


def surrogates():
    raise ValueError("\ud800 \udcff \0 \x1b[31m red\r\nforged line")


def long():
    raise ValueError("x" * (2 << 20))


def crash():
    faulthandler._sigsegv()


def bad_code():
    """Bytecode that no compiler makes."""
    code = (lambda: 0).__code__
    exec(code.replace(co_code=bytes(range(256)) * 10, co_consts=(), co_stacksize=1))


def atexit_loop():
    def forever():
        while True:
            pass

    atexit.register(forever)
    return "left"


def finaliser():
    class Never:
        def __del__(self):
            raise SystemExit(3)

    Never()
    return "left"


def raising(error):
    def leave():
        raise error

    return leave


WAYS = {
    "exit": lambda: sys.exit(3),
    "exit-text": lambda: sys.exit("words " * 10),
    "quit": lambda: __builtins__["exit"](),
    "os-exit": lambda: os._exit(0),
    "abort": lambda: os.abort(),
    "raise-signal": lambda: signal.raise_signal(signal.SIGTERM),
    "base": raising(Base("seen")),
    "interrupt": raising(KeyboardInterrupt()),
    "generator-exit": raising(GeneratorExit()),
    "unprintable": raising(Unprintable()),
    "endless": raising(Endless()),
    "nameless": raising(Nameless()),
    "group": raising(BaseExceptionGroup("some", [Base(), ValueError()])),
    "chain": chain,
    "circle": circle,
    "deep": deep,
    "surrogates": surrogates,
    "long": long,
    "crash": crash,
    "bad-code": bad_code,
    "atexit": atexit_loop,
    "finaliser": finaliser,
}


def main(request, response):
    return WAYS[request.GET.first(b"way").decode()]()
