"""What a compiled handler in Python has beside the bindings that componentize-py
makes: hooks are functions, `main` returns its answer, errors have a status."""

import traceback

from componentize_py_types import Err
from wit_world.imports import log
from wit_world.imports.types import (
    BodyError_Incomplete,
    BodyError_Malformed,
    BodyError_TooLarge,
    HandlerError,
    WriteError_Gone,
    WriteError_Protocol,
    WriteError_Reset,
)
from wit_world.imports.writer import Writer


class HTTPException(Exception):
    """Fails a hook: the request is answered with this status (wptserve's)."""

    def __init__(self, code, message=""):
        super().__init__(message)
        self.code = code
        self.message = message


# An instance serves one request, so this is the request's.
_is_ended = False


def ended():
    """Whether this handler has ended its answer."""
    return _is_ended


def as_bytes(value):
    return value.encode("utf-8") if isinstance(value, str) else bytes(value)


def _noting(name, is_last):
    """Keeps in mind that a writer's function has ended the request's own stream."""
    function = getattr(Writer, name)

    def noted(self, *args):
        global _is_ended
        result = function(self, *args)
        _is_ended = _is_ended or is_last(args)
        return result

    setattr(Writer, name, noted)


_noting("write_headers", lambda args: args[4] and args[3] is None)
_noting("write_data", lambda args: args[1] and args[2] is None)
_noting("write_data_frame", lambda args: args[1] and args[2] is None)
_noting("write_trailers", lambda args: args[1] is None)
_noting("end_stream", lambda args: args[0] is None)
_noting("reset_stream", lambda args: args[1] is None)
_noting("close", lambda args: True)
_noting("reset", lambda args: True)


def _is_over(why):
    """Whether an error only says that the answer is over: the client has gone, or
    the handler wrote on after the end. That fails no request."""
    if isinstance(why, (WriteError_Gone, WriteError_Reset)):
        return True
    return _is_ended and isinstance(why, WriteError_Protocol)


def _status(why):
    if isinstance(why, BodyError_TooLarge):
        return 413
    return 400 if isinstance(why, (BodyError_Incomplete, BodyError_Malformed)) else 500


def _failed(hook, status, message):
    if status >= 500:
        log.write(log.Level.ERROR, f"{hook.__name__}: {traceback.format_exc()}")
    return Err(HandlerError(status, message))


def run(hook, *args):
    """Calls a hook. What it raises becomes the contract's error."""
    try:
        return hook(*args)
    except HTTPException as error:
        raise _failed(hook, error.code, error.message) from None
    except Err as error:
        if isinstance(error.value, HandlerError):
            raise
        if _is_over(error.value):
            log.write(log.Level.DEBUG, repr(error.value))
            return None
        raise _failed(hook, _status(error.value), repr(error.value)) from None
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        raise _failed(hook, 500, message) from None


def _set(response, answer):
    """Sets what `main` returned, in wptserve's forms: content, (headers, content) or
    (status, headers, content)."""
    if answer is None:
        return
    parts = answer if isinstance(answer, tuple) else (answer,)
    if len(parts) > 3:
        raise TypeError("an answer is (status, headers, content) at most")
    *before, content = parts
    if len(before) == 2:
        status = before[0] if isinstance(before[0], tuple) else (before[0], None)
        reason = None if status[1] is None else as_bytes(status[1])
        response.set_status(status[0], reason)
    for name, value in before[-1] if before else []:
        response.append_header(as_bytes(name), as_bytes(value))
    if isinstance(content, (str, bytes, bytearray)):
        response.set_content(as_bytes(content))
        return
    # An empty piece asks whether any is wanted: not for HEAD.
    is_wanted = response.write_content(b"")
    pieces = iter(content)
    while is_wanted:
        piece = next(pieces, None)
        if piece is None:
            return
        is_wanted = response.write_content(as_bytes(piece))


def main(hook, request, response):
    """Calls `main` and sets what it returned."""
    def main():
        _set(response, hook(request, response))

    run(main)
