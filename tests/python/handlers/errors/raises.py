"""Raises what `kind` says."""

import sys

from wptserve.utils import HTTPException


class Own(Exception):
    """An error of the test's own."""

    def __str__(self):
        return "of our own"


def deeper(depth):
    if depth == 0:
        raise Own()
    deeper(depth - 1)


def main(request, response):
    kind = request.GET.first(b"kind")
    response.headers.set(b"X-Before", b"1")
    if kind == b"http":
        code = int(request.GET.first(b"code", b"404"))
        message = request.GET.first(b"message", b"").decode()
        raise HTTPException(code, message) if message else HTTPException(code)
    if kind == b"http-from":
        try:
            deeper(1)
        except Own as error:
            raise HTTPException(503, "caused") from error
    if kind == b"value":
        raise ValueError("a value")
    if kind == b"own":
        deeper(3)
    if kind == b"text":
        raise RuntimeError("t\u00e9xt \u2603")
    if kind == b"assert":
        assert request.method == "NONE", request.method
    if kind == b"division":
        return str(1 / int(request.GET.first(b"by", b"0")))
    if kind == b"missing":
        return request.GET.first(b"nobody-sent-this")
    if kind == b"attribute":
        return request.nothing
    if kind == b"name":
        return undefined_name  # noqa: F821
    if kind == b"not-found":
        return open("/nothing/here").read()
    if kind == b"recursion":
        return deeper(-1)
    if kind == b"exit":
        sys.exit(3)
    if kind == b"system-exit":
        raise SystemExit
    if kind == b"keyboard":
        raise KeyboardInterrupt
    if kind == b"generator-exit":
        raise GeneratorExit
    if kind == b"stop":
        raise StopIteration
    if kind == b"timeout":
        raise TimeoutError("took too long")
    if kind == b"caught":
        try:
            deeper(2)
        except Own as error:
            return "caught " + str(error)
    return "nothing raised"
