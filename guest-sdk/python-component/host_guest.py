"""What a compiled handler in Python has beside the bindings that componentize-py
makes: hooks are functions, `main` returns its answer, errors have a status, and the
`Writer` has wptserve's defaults."""

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
from wit_world.imports.writer import Writer as _Raw

from host_writer import Writer, as_bytes  # noqa: F401, handlers import it from here


class HTTPException(Exception):
    """Fails a hook: the request is answered with this status (wptserve's)."""

    def __init__(self, code, message=""):
        super().__init__(message)
        self.code = code
        self.message = message


# An instance serves one request, so these are the request's. Its handle is lent to the
# hook that runs.
_is_ended = False
_request = None


def ended():
    """Whether this handler has ended its answer."""
    return _is_ended


def _noting(name, is_last):
    """Keeps in mind that a writer's function has ended the request's own stream."""
    function = getattr(_Raw, name)

    def noted(self, *args):
        global _is_ended
        result = function(self, *args)
        _is_ended = _is_ended or is_last(args)
        return result

    setattr(_Raw, name, noted)


def _is_own(stream_id):
    return stream_id is None or stream_id == _request.stream_id()


def _ends(type, flags):
    """Whether a frame ends its stream (RFC 9113 §6)."""
    data, headers, rst_stream, end_stream = 0x0, 0x1, 0x3, 0x1
    return type == rst_stream or (type in (data, headers) and bool(flags & end_stream))


_noting("write_headers", lambda args: args[4] and _is_own(args[3]))
_noting("write_data", lambda args: args[1] and _is_own(args[2]))
_noting("write_data_frame", lambda args: args[1] and _is_own(args[2]))
_noting("write_trailers", lambda args: _is_own(args[1]))
_noting("end_stream", lambda args: _is_own(args[0]))
_noting("reset_stream", lambda args: _is_own(args[1]))
_noting("write_raw_header_frame", lambda args: args[2] and _is_own(args[1]))
_noting("write_raw_data_frame", lambda args: args[2] and _is_own(args[1]))
_noting("write_raw_frame", lambda args: _ends(*args[:2]) and _is_own(args[2]))
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
    global _request
    *_, _request, _response = args
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
    def main(request, response):
        _set(response, hook(request, response))

    run(main, request, response)
