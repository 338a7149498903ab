"""Answers: test_server's, with its bytes, and those of the control API."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Callable

from .const import TEST_SERVER_PACKAGE_VERSION
from .data import as_data, as_headers, plain
from .error import InternalError
from .structure import HttpHeaderStorage, HttpHeaderStream

__all__ = [
    "INTERNAL_ERROR_RESPONSE_STATUS",
    "METHODS",
    "VALID_METHODS",
    "Response",
    "answer_of",
    "failed",
    "finished",
    "raw",
    "unsupported_method",
]

INTERNAL_ERROR_RESPONSE_STATUS = 555
VALID_METHODS = ["get", "post", "put", "delete", "options", "patch"]
#: As they stand in requests, where case counts.
METHODS = [method.upper() for method in VALID_METHODS]

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+\Z")
# What a field's value may have (RFC 9110 section 5.5); the rest needs raw bytes.
_VALUE = re.compile(r"(?:[!-~\x80-\xff](?:[\t -~\x80-\xff]*[!-~\x80-\xff])?)?\Z")


class Response:
    """What `TestServer.add_response` answers with."""

    def __init__(
        self,
        callback: Callable[..., Mapping[str, Any]] | None = None,
        raw_callback: Callable[..., bytes] | None = None,
        data: bytes | str | None = None,
        headers: HttpHeaderStream | None = None,
        sleep: float | None = None,
        status: int | None = None,
    ) -> None:
        self.callback = callback
        self.raw_callback = raw_callback
        self.data = b"" if data is None else data
        self.headers = HttpHeaderStorage(headers)
        self.sleep = sleep
        self.status = 200 if status is None else status

    @property
    def asks(self) -> bool:
        """Whether a function of the test's makes it."""
        return bool(self.callback or self.raw_callback)

    def called(self, port: int, delay: float = 0.0) -> dict[str, Any]:
        """The answer, with its function called if it has one."""
        headers = HttpHeaderStorage()
        status, data = self.status, self.data
        try:
            if self.raw_callback:
                written = self.raw_callback()
                if isinstance(written, bytes):
                    return raw(written, delay)
                raise InternalError("Raw callback must return bytes data")
            if self.callback:
                status, data = _of_callback(self.callback(), headers)
            else:
                headers.extend(self.headers.items())
                if isinstance(data, str):
                    data = data.encode("utf-8")
                elif not isinstance(data, bytes):
                    raise InternalError(
                        'Response parameter "data" must be either str or bytes'
                    )
        except Exception as error:  # whatever it is, the client is told of it
            if self.asks:
                raise
            return failed(error, port, delay)
        return finished(status, headers, data, port, delay)


def _of_callback(said: Any, headers: HttpHeaderStorage) -> tuple[int, bytes]:
    if not isinstance(said, dict):
        raise InternalError("Callback response is not a dict")
    if said.get("type") != "response":
        kind = said.get("type", "key-not-specified")
        raise InternalError(f'Callback response has invalid "type" key: {kind}')
    for key in said:
        if key not in ("type", "status", "headers", "data"):
            raise InternalError(f"Callback response contains invalid key: {key}")
    if "headers" in said:
        headers.extend(said["headers"])
    data = said.get("data", b"")
    if not isinstance(data, bytes):
        # The words, and how they are spelt, are test_server's.
        raise InternalError('Callback repsponse field "data" must be bytes')
    return said.get("status", 200), data


def finished(
    status: int,
    headers: HttpHeaderStorage,
    data: bytes,
    port: int,
    delay: float = 0.0,
    keep_alive: bool = False,
) -> dict[str, Any]:
    """An answer of test_server's, as the control API has it.

    It is a response where HTTP allows it, so that it goes over HTTP/2 as well, and
    raw bytes where not.
    """
    _complete(headers, port)
    try:
        phrase = HTTPStatus(status).phrase if status in _STATUSES else ""
        begin = f"HTTP/1.0 {status:d} {phrase}\r\n".encode("latin-1")
    except Exception as error:  # a status that is no number
        return failed(error, port, delay)
    lines: list[tuple[str, str]] = []
    try:
        for name, value in headers.items():
            f"{name}: {value}\r\n".encode("latin-1", "strict")
            lines.append((str(name), str(value)))
    except Exception as error:  # the status line is on the wire by then
        return failed(error, port, delay, begin, lines)
    if _is_regular(status, lines, data):
        response: dict[str, Any] = {
            "status": status,
            "reason": phrase,
            "headers": as_headers(lines),
            "defaults": keep_alive,
            "version": "1.1" if keep_alive else "1.0",
            "framing": "length" if keep_alive else "close",
            "body": as_data(data),
        }
        if delay:
            response["delay"] = {"request": delay}
        return {"response": response}
    return raw(begin + _block(lines) + b"\r\n" + data, delay)


_STATUSES = {status.value for status in HTTPStatus}


def failed(
    error: Exception,
    port: int,
    delay: float = 0.0,
    begun: bytes = b"",
    lines: list[tuple[str, str]] | None = None,
) -> dict[str, Any]:
    """The 555 that test_server answers with where something goes wrong.

    `begun` and `lines` have gone before: it does not take them back.
    """
    headers = HttpHeaderStorage()
    body = str(error).encode("utf-8")
    if not begun:
        return finished(INTERNAL_ERROR_RESPONSE_STATUS, headers, body, port, delay)
    _complete(headers, port)
    status = f"HTTP/1.0 {INTERNAL_ERROR_RESPONSE_STATUS} \r\n".encode()
    block = _block([*(lines or []), *headers.items()])
    return raw(begun + status + block + b"\r\n" + body, delay)


def unsupported_method(method: str, http2: bool) -> dict[str, Any]:
    """What Python's http.server says to a method that the server does not have."""
    # It takes its time to be imported, and is hardly ever needed.
    from http.server import BaseHTTPRequestHandler

    status = HTTPStatus.NOT_IMPLEMENTED
    message = f"Unsupported method ({method!r})"
    page = BaseHTTPRequestHandler.error_message_format % {
        # Before Python 3.11 a page shows it by its name.
        "code": status,
        "message": html.escape(message, quote=False),
        "explain": html.escape(status.description, quote=False),
    }
    body = page.encode("utf-8", "replace")
    lines = [
        ("Connection", "close"),
        ("Content-Type", BaseHTTPRequestHandler.error_content_type),
        ("Content-Length", str(len(body))),
    ]
    if method == "HEAD":
        body = b""
    if http2:
        response = {"status": int(status), "headers": lines[1:], "defaults": False}
        return {"response": {**response, "body": as_data(body)}}
    begin = f"HTTP/1.0 {int(status)} {message}\r\n".encode("latin-1", "replace")
    return raw(begin + _block(lines) + b"\r\n" + body)


def raw(data: bytes, delay: float = 0.0) -> dict[str, Any]:
    """These bytes, and the end of the connection."""
    steps: list[dict[str, Any]] = []
    if delay:
        steps.append({"op": "sleep", "seconds": delay})
    steps.append({"op": "read-body"})
    if data:
        steps.append({"op": "write-raw-bytes", "data": as_data(data)})
    return {"wire": [*steps, {"op": "close"}]}


def answer_of(value: Any, port: int) -> dict[str, Any]:
    """What a mock or a callback answers with, said in whatever way.

    A `Response`, a mapping (the control API's response, or one that has "response",
    "wire" or "handler"), a status, or a body.
    """
    if isinstance(value, Response):
        return value.called(port, value.sleep or 0.0)
    if isinstance(value, Mapping):
        if len(value) == 1 and next(iter(value)) in ("response", "wire", "handler"):
            return dict(plain(value))
        return {"response": plain(value)}
    if isinstance(value, bool) or not isinstance(value, (int, str, bytes, bytearray)):
        raise InternalError(f"{value!r} is no answer")
    if isinstance(value, int):
        return {"response": {"status": value}}
    return {"response": {"body": as_data(value)}}


def _complete(headers: HttpHeaderStorage, port: int) -> None:
    headers.set("Listen-Port", str(port))
    if "content-type" not in headers:
        headers.set("Content-Type", "text/html; charset=utf-8")
    if "server" not in headers:
        headers.set("Server", f"TestServer/{TEST_SERVER_PACKAGE_VERSION}")


def _block(lines: list[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {value}\r\n" for name, value in lines).encode("latin-1")


def _is_regular(status: int, lines: list[tuple[str, str]], data: bytes) -> bool:
    if not 200 <= status <= 999 or (status in (204, 205, 304) and data):
        return False
    for name, value in lines:
        if not (_TOKEN.match(name) and _VALUE.match(value)):
            return False
        lower = name.lower()
        if lower in ("connection", "transfer-encoding", "keep-alive", "upgrade"):
            return False
        if lower == "content-length" and value != str(len(data)):
            return False
    return True
