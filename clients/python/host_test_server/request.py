"""A request that came."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http.cookies import CookieError, SimpleCookie
from typing import Any, Callable
from urllib.parse import parse_qsl

from .data import as_bytes
from .multipart import form_files
from .structure import HttpHeaderStorage, HttpHeaderStream

__all__ = ["Request"]

_KEYS = (
    "args",
    "headers",
    "cookies",
    "path",
    "method",
    "data",
    "files",
    "client_ip",
    "done",
    "charset",
)


class Request:
    """A request, with test_server's attributes, and more where it came from a server.

    It is a mapping of the documented keys as well: ``request["path"]``.
    """

    #: Its number, from 1, in the order in which requests were complete.
    id: int = 0
    #: The number of its connection, and its HTTP/2 stream (0 on HTTP/1).
    connection: int = 0
    stream: int = 0
    #: ``HTTP/1.0``, ``HTTP/1.1`` or ``HTTP/2.0``.
    protocol: str = ""
    #: The target and the method, as they came.
    target: str = ""
    #: ``:authority`` or Host.
    authority: str | None = None
    #: ``http`` or ``https``.
    scheme: str = "http"
    #: Every field line in order; `headers` has the first value of each name, as
    #: test_server has.
    header_lines: list[tuple[str, str]]
    #: The field lines behind the body.
    trailers: list[tuple[str, str]]
    #: How long the body was. `data` has its first 16 MiB.
    body_length: int = 0
    #: Whether all of it has come.
    done: bool = False
    #: What the body's text is encoded in.
    charset: str = "utf-8"
    #: The number of the mock that answered it, if one did.
    mock: int | None = None
    #: Why none did.
    unmatched: str | None = None
    #: The address that the client connected to.
    local: str = ""
    #: What TLS agreed on: version, cipher, alpn, server_name.
    tls: dict[str, Any] | None = None
    #: Its frames: kind, flags, length, end_stream, padding.
    frames: list[dict[str, Any]]
    #: When it began, in seconds since 1970, and how long its parts took.
    time: float = 0.0
    took: float = 0.0

    def __init__(
        self,
        args: Mapping[str, Any],
        client_ip: str,
        cookies: SimpleCookie,
        data: bytes,
        files: Mapping[str, Any],
        headers: HttpHeaderStream,
        method: str,
        path: str,
    ) -> None:
        self.args = args
        self.client_ip = client_ip
        self.cookies = cookies
        self.data = data
        self.files = files
        self.headers = HttpHeaderStorage(headers)
        self.method = method
        self.path = path
        self.header_lines = []
        self.trailers = []
        self.frames = []
        self._set_charset: Callable[[str], None] | None = None

    @classmethod
    def from_control(cls, told: Mapping[str, Any], charset: str = "utf-8") -> Request:
        """The request that the control API tells of."""
        lines = [(_text(n), _text(v)) for n, v in told["headers"]]
        # As dict(email.message.Message) does: every spelling of a name, but for
        # each the first value of any spelling.
        first: dict[str, str] = {}
        for name, value in lines:
            first.setdefault(name.lower(), value)
        headers = {name: first[name.lower()] for name, _value in lines}
        target = _text(told["target"])
        if target.startswith("//"):
            # Python's http.server keeps one slash.
            target = "/" + target.lstrip("/")
        path, *rest = target.split("?")
        data = as_bytes(told["body"])
        request = cls(
            args=dict(parse_qsl(rest[0] if rest else "")),
            client_ip=_host(told["client"]),
            cookies=_cookies(first.get("cookie", "")),
            data=data,
            files=_files(first.get("content-type", ""), data),
            headers=headers,
            method=_text(told["method"]).upper(),
            path=path,
        )
        for key in (
            "id",
            "connection",
            "stream",
            "protocol",
            "body_length",
            "done",
            "mock",
            "unmatched",
            "local",
            "tls",
            "frames",
            "time",
            "took",
        ):
            setattr(request, key, told.get(key))
        request.target = _text(told["target"])
        request.scheme = _text(told["scheme"])
        authority = told.get("authority")
        request.authority = None if authority is None else _text(authority)
        request.charset = told.get("charset") or charset
        request.header_lines = lines
        request.trailers = [(_text(n), _text(v)) for n, v in told["trailers"]]
        return request

    @classmethod
    def blank(cls, charset: str = "utf-8") -> Request:
        """What test_server 0.0.25 tells before there is a request."""
        nothing: Any = None
        request = cls({}, nothing, nothing, nothing, {}, {}, nothing, nothing)
        request.charset = charset
        return request

    def json(self) -> Any:
        """The body as JSON."""
        import json

        return json.loads(self.data)

    @property
    def text(self) -> str:
        """The body as text in its charset; what is none is replaced."""
        return self.data.decode(self.charset, "replace")

    def keys(self) -> tuple[str, ...]:
        """The documented keys."""
        return _KEYS

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return getattr(self, key) if key in _KEYS else default

    def __getitem__(self, key: str) -> Any:
        if key not in _KEYS:
            raise KeyError(key)
        return getattr(self, key)

    def __setitem__(self, key: str, value: Any) -> None:
        if key not in _KEYS:
            raise KeyError(key)
        setattr(self, key, value)
        if key == "charset" and self._set_charset is not None:
            self._set_charset(value)

    def __contains__(self, key: object) -> bool:
        return key in _KEYS

    def __iter__(self) -> Iterator[str]:
        return iter(_KEYS)

    def __repr__(self) -> str:
        return f"<Request {self.method} {self.path}>"


def _text(data: Any) -> str:
    return as_bytes(data).decode("latin-1")


def _host(address: str) -> str:
    """An address without its port."""
    return address.rpartition(":")[0].strip("[]")


def _cookies(line: str) -> SimpleCookie:
    try:
        return SimpleCookie(line)
    except CookieError:
        return SimpleCookie()


def _files(content_type: str, data: bytes) -> dict[str, list[dict[str, Any]]]:
    """The files of a form; none of one that cannot be read."""
    try:
        return form_files(content_type, data)
    except (ValueError, LookupError):
        return {}
