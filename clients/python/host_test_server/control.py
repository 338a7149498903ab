"""The control API's client: JSON over connections that are kept."""

from __future__ import annotations

import http.client
import json
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from .error import TestServerError

__all__ = ["Control", "Refused"]

#: What the host takes to answer, beside what it was asked to wait for. It is
#: there for a host that hangs, so it is long.
PATIENCE = 60.0

# A test may put another class in its place, or forbid sockets: what is here was
# there before the test.
_Socket = socket.socket

_GONE = (ConnectionError, http.client.HTTPException, OSError)


class Refused(TestServerError):
    """The host says that something cannot be done."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        #: The answer's status.
        self.status = status


class _Connection(http.client.HTTPConnection):
    _is_over = False

    def connect(self) -> None:
        found = socket.getaddrinfo(self.host, self.port, 0, socket.SOCK_STREAM)
        family, kind, protocol, _name, address = found[0]
        sock = _Socket(family, kind, protocol)
        try:
            sock.settimeout(self.timeout)
            sock.connect(address)
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except BaseException:
            sock.close()
            raise
        self.sock = sock
        # Either this sees it, or `interrupt` sees the socket.
        if self._is_over:
            self.close()
            raise ConnectionAbortedError("nobody waits any more")

    def interrupt(self) -> None:
        """Ends what another thread waits for on it, or is about to."""
        self._is_over = True
        sock = self.sock
        if sock is not None:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class Control:
    """A host's control port. Any thread may use it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "127.0.0.1", parts.port or 80)
        # Those that no thread uses now, the one that was used last at the end.
        self._idle: list[_Connection] = []
        self._lock = threading.Lock()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        wait: float = 0.0,
        via: _Connection | None = None,
    ) -> Any:
        """Sends a request; answers what the body says, or None if there is none.

        `body` is bytes, or what JSON can say. `via` is a connection of the
        caller's own.
        """
        headers = {}
        if isinstance(body, bytes):
            content: bytes | None = body
            headers["Content-Type"] = "application/octet-stream"
        elif body is None:
            content = None
        else:
            content = json.dumps(body, separators=(",", ":")).encode("ascii")
            headers["Content-Type"] = "application/json"
        status, kind, answer = self._exchange(
            method, path, content, headers, wait + PATIENCE, via
        )
        if kind in ("application/json", "application/problem+json"):
            value = json.loads(answer) if answer else None
        else:
            value = answer.decode("utf-8", "replace") if answer else None
        if status >= 400:
            raise Refused(status, _detail(method, path, status, value))
        return value

    def connection(self) -> _Connection:
        """A connection for one caller; `interrupt` ends what waits on it."""
        return _Connection(*self._address, timeout=PATIENCE)

    def forget_connections(self) -> None:
        """Leaves every connection to the process that this one was forked from."""
        self._lock = threading.Lock()
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _exchange(
        self,
        method: str,
        path: str,
        content: bytes | None,
        headers: dict[str, str],
        timeout: float,
        via: _Connection | None,
    ) -> tuple[int, str, bytes]:
        with self._lock:
            kept = self._idle.pop() if self._idle and via is None else None
        connection = via or kept or self.connection()
        while True:
            try:
                if connection.sock is None:
                    connection.timeout = timeout
                else:
                    connection.sock.settimeout(timeout)
                connection.request(method, path, content, headers)
                response = connection.getresponse()
                answer = response.read()
            except socket.timeout as error:
                connection.close()
                raise TestServerError(f"host does not answer {method} {path}") from error
            except _GONE as error:
                connection.close()
                if kept is None:
                    raise TestServerError(f"host does not answer: {error}") from error
                # A connection that was idle may be closed at any time.
                kept, connection = None, self.connection()
                continue
            if via is None:
                with self._lock:
                    self._idle.append(connection)
            kind = response.getheader("Content-Type", "").partition(";")[0]
            return response.status, kind, answer


def _detail(method: str, path: str, status: int, problem: Any) -> str:
    if isinstance(problem, dict):
        said = problem.get("detail") or problem.get("title")
        if said:
            return str(said)
    return f"{method} {path}: {status} {problem or ''}".rstrip()
