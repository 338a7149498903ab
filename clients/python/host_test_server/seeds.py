"""test_server 0.0.25's interface: what is answered is a table, until it is changed.

For each key of a response the method's own value goes first, and what is said for
the next request only goes before what is said for all: ``once["get.data"]``,
``once["data"]``, ``response["get.data"]``, ``response["data"]``.
"""

from __future__ import annotations

import inspect
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any

from .error import InternalError, TestServerError
from .request import Request
from .response import VALID_METHODS, finished
from .structure import HttpHeaderStorage

__all__ = ["Handler", "Settings", "Table"]

_CLEAN: dict[str, Any] = {
    "code": 200,
    "data": "",
    "headers": [],
    "cookies": [],
    "callback": None,
    "sleep": None,
    "charset": "utf-8",
}
# A later name of the same.
_ALIASES = {"status": "code"}


class Settings(MutableMapping[str, Any]):
    """Values by key; a key is `data`, or `get.data` for one method."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        return self._values[_known(key)]

    def __setitem__(self, key: str, value: Any) -> None:
        key = _known(key)
        text = isinstance(value, (str, bytes, bytearray))
        if key.rpartition(".")[2] == "data" and isinstance(value, Iterable) and not text:
            # Each request gets the next.
            value = iter(value)
        self._values[key] = value

    def __delitem__(self, key: str) -> None:
        del self._values[_known(key)]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and _known(key) in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return repr(self._values)


def _known(key: str) -> str:
    method, dot, name = key.rpartition(".")
    name = _ALIASES.get(name, name)
    if name not in _CLEAN or (dot and method not in VALID_METHODS):
        raise TestServerError(f"Invalid response key: {key}")
    return method + dot + name


class Table:
    """What a server answers with as long as this interface is used."""

    def __init__(self) -> None:
        self.response = Settings()
        self.once = Settings()
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Sets everything back to what a new server has."""
        with self._lock:
            self.once.clear()
            self.response.clear()
            for key, value in _CLEAN.items():
                self.response[key] = list(value) if isinstance(value, list) else value

    def answer(self, request: Request, port: int, keep_alive: bool) -> dict[str, Any]:
        """The answer to a request, in the control API's words."""
        method = request.method.lower()
        with self._lock:
            sleep = self._take("sleep", method)
            callback = self._take("callback", method)
            charset = self._take("charset", method)
            if not callback:
                status = self._take("code", method)
                cookies = self._take("cookies", method)
                fields = self._take("headers", method)
                status, data = self._data(method, status)
        if sleep:
            time.sleep(sleep)
        headers = HttpHeaderStorage()
        if callback:
            handler = Handler(request, headers, charset)
            handler.run(callback)
            status, data = handler.status, handler.body
        else:
            for name, value in _pairs(cookies):
                headers.add("Set-Cookie", f"{name}={value}")
            headers.extend(fields)
            data = _encoded(data, charset)
        if "content-type" not in headers:
            listen_port_first(headers, port)
            headers.set("Content-Type", f"text/html; charset={charset}")
        return finished(status, headers, data, port, keep_alive=keep_alive)

    def _take(self, key: str, method: str) -> Any:
        own = f"{method}.{key}"
        for each in (own, key):
            if each in self.once:
                return self.once.pop(each)
        return self.response[own if own in self.response else key]

    def _data(self, method: str, status: int) -> tuple[int, Any]:
        data = self._take("data", method)
        if not hasattr(data, "__next__"):
            return status, data
        try:
            return status, next(data)
        except StopIteration:
            return 503, b""


def listen_port_first(headers: HttpHeaderStorage, port: int) -> None:
    """Listen-Port goes before Content-Type, as wherever it is not the test's own."""
    headers.set("Listen-Port", str(port))


def _pairs(cookies: Any) -> Iterable[tuple[str, str]]:
    return cookies.items() if isinstance(cookies, Mapping) else cookies


def _encoded(data: Any, charset: str) -> bytes:
    if isinstance(data, str):
        return data.encode(charset)
    if isinstance(data, (bytes, bytearray)):
        return bytes(data)
    raise InternalError('Response parameter "data" must be string or iterable')


class Handler:
    """What a callback of this interface is given, if it takes an argument."""

    def __init__(self, request: Request, headers: HttpHeaderStorage, charset: str) -> None:
        self.request = request
        self.status = 200
        self.body = b""
        self._headers = headers
        self._charset = charset

    def set_status(self, status: int, reason: str | None = None) -> None:
        """Sets the status; the reason is the registered one, whatever is said."""
        self.status = status

    def set_header(self, name: str, value: str) -> None:
        """Makes this the only value of a field."""
        self._headers.set(name, str(value))

    def add_header(self, name: str, value: str) -> None:
        """Adds a value to a field."""
        self._headers.add(name, str(value))

    def clear_header(self, name: str) -> None:
        """Takes a field away."""
        if name in self._headers:
            self._headers.remove(name)

    def set_cookie(self, name: str, value: str) -> None:
        """Adds a cookie."""
        self._headers.add("Set-Cookie", f"{name}={value}")

    def get_argument(self, name: str, default: Any = None) -> Any:
        """A parameter of the query."""
        return self.request.args.get(name, default)

    def write(self, data: bytes | str) -> None:
        """Adds to the body."""
        self.body += _encoded(data, self._charset)

    def finish(self, data: bytes | str = b"") -> None:
        """Adds to the body, which is sent when the callback returns."""
        self.write(data)

    def run(self, callback: Any) -> None:
        """Calls a callback: a function that writes here, a generator of pauses, or
        a function that returns the response as a dict."""
        said = callback(self) if _takes_one(callback) else callback()
        if inspect.isgenerator(said):
            for item in said:
                if not (isinstance(item, dict) and item.get("type") == "sleep"):
                    raise InternalError(f"Callback yields what is no pause: {item!r}")
                time.sleep(item["time"])
        elif said is not None:
            self._take(said)

    def _take(self, said: Any) -> None:
        if not isinstance(said, dict):
            raise InternalError("Callback response is not a dict")
        for key, value in said.items():
            if key in ("status", "code"):
                self.status = value
            elif key in ("data", "body"):
                self.body = _encoded(value, self._charset)
            elif key == "headers":
                self._headers.extend(value)
            elif key == "cookies":
                for name, text in _pairs(value):
                    self.set_cookie(name, text)
            elif key != "type" or value != "response":
                raise InternalError(f"Callback response contains invalid key: {key}")


def _takes_one(callback: Any) -> bool:
    try:
        inspect.signature(callback).bind(None)
    except (TypeError, ValueError):
        return False
    return True
