"""A server's life: its listeners in a host process, and where they are."""

from __future__ import annotations

import socket
import ssl
import threading
import weakref
from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urljoin

from .error import TestServerError
from .host import Host, own_host, shared_host

__all__ = ["Life"]

Self = TypeVar("Self", bound="Life")


class Life:
    """Starts and stops, and knows its addresses."""

    def __init__(
        self,
        address: str = "127.0.0.1",
        port: int = 0,
        extra_ports: Sequence[int] | None = None,
        engine: str = "thread",
        mode: str | None = None,
        *,
        tls_port: int = 0,
        plugins: str | None = None,
        raw: bool | None = None,
        body_limit: int | None = None,
        wire: bool = False,
    ) -> None:
        if isinstance(address, int):
            # The first interface has the port first.
            address, port = (port if isinstance(port, str) else "127.0.0.1"), address
        engine = mode or engine
        if engine not in ("thread", "subprocess"):
            raise ValueError(f"engine is thread or subprocess, not {engine!r}")
        self.address: str = address
        #: Its port; None before it has started.
        self.port: int | None = None
        self.extra_ports = list(extra_ports or [])
        #: Set once it has started.
        self.server_started = threading.Event()
        self._config_ports = [int(port), *self.extra_ports]
        self._tls_port = tls_port
        self._engine = engine
        said = {
            "plugins": plugins,
            "raw": raw,
            "body_limit": body_limit,
            "wire": wire or None,
        }
        self._settings = {key: value for key, value in said.items() if value is not None}
        self._lock = threading.RLock()
        self._host: Host | None = None
        self._id = ""
        self._told: dict[str, Any] = {}
        self._running = False
        self._keep_alive = False
        self._stopped = threading.Event()
        self._forget: Any = None
        self._prepare()

    def start(self, daemon: bool = True, keep_alive: bool = False) -> None:
        """Begins to listen; a server that was stopped does so where it did before.

        Without `daemon` the process does not end before `stop`. `keep_alive` is for
        the first interface: its answers leave the connection open.
        """
        with self._lock:
            if self._running:
                return
            self._keep_alive = keep_alive
            if self._id:
                self._told = self.control("POST", "/start")
            else:
                self._create()
            self._running = True
            self._stopped.clear()
            self._has_started()
        if not daemon:
            threading.Thread(target=self._stopped.wait, daemon=False).start()
        self.server_started.set()

    def wait_server_started(self) -> None:
        """Waits until some thread has started it."""
        self.server_started.wait()

    def stop(self) -> None:
        """Stops listening, when what is under way is answered. What came is kept."""
        with self._lock:
            if not self._running:
                return
            self._running = False
        try:
            self._told = self.control("POST", "/stop")
        finally:
            self._has_stopped()
            self._stopped.set()

    def close(self) -> None:
        """Stops it, and forgets all of it. It may be started as if it were new."""
        try:
            self.stop()
        finally:
            with self._lock:
                host, number = self._host, self._id
                self._host, self._id, self._told = None, "", {}
                self._prepare()
                if self._forget is not None:
                    self._forget.detach()
                if host is not None and self._engine == "subprocess":
                    host.close()
                elif host is not None:
                    host.call("DELETE", f"/servers/{number}")

    def control(self, method: str, path: str, body: Any = None, wait: float = 0.0) -> Any:
        """Asks the control API for something of this server: `("GET", "/counts")`.

        Answers the JSON that it answers.
        """
        if self._host is None:
            raise TestServerError("the server has not been started")
        return self._host.call(method, f"/servers/{self._id}{path}", body, wait)

    def get_url(self, path: str = "", port: int | None = None) -> str:
        """A URL that it answers, without TLS."""
        if port is None:
            port = self._ports("http")[0]
        return urljoin(f"http://{self._authority(port)}", path)

    def url(self, path: str = "/", scheme: str = "http") -> str:
        """A URL that it answers; the scheme is http or https."""
        port = self._ports(scheme)[0]
        return urljoin(f"{scheme}://{self._authority(port)}/", path)

    @property
    def ca(self) -> str:
        """The certificate of the authority that the server's own is from, in PEM."""
        self._ports("https")
        return str(self._told["ca"])

    def ssl_context(self, alpn: Sequence[str] = ()) -> ssl.SSLContext:
        """A client's context that trusts it; `alpn` as in ["h2", "http/1.1"]."""
        context = ssl.create_default_context(cadata=self.ca)
        if alpn:
            context.set_alpn_protocols(list(alpn))
        return context

    def __enter__(self: Self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        # What came may still be asked for.
        self.stop()

    def __repr__(self) -> str:
        where = self.get_url() if self._told else "not started"
        return f"<{type(self).__name__} {where}>"

    def _create(self) -> None:
        ip = _ip(self.address)
        body: dict[str, Any] = {
            "listen": [f"{ip}:{port}" for port in self._config_ports],
            "tls_listen": [f"{ip}:{self._tls_port}"],
            **self._settings,
        }
        own = self._engine == "subprocess"
        host = own_host() if own else shared_host()
        try:
            told = host.call("POST", "/servers", body)
        except TestServerError:
            if own:
                host.close()
            raise
        self._host, self._told, self._id = host, told, told["id"]
        # A server that nobody has any more goes when the host is next spoken to:
        # not now, which may be in the middle of that.
        gone = (host.let_go,) if own else (host.abandon, self._id)
        self._forget = weakref.finalize(self, *gone)
        self._forget.atexit = False
        self.port, *self.extra_ports = self._ports("http")
        self._set_up()
        self._was_created()

    def _prepare(self) -> None:
        """Makes what a server that has not started has."""

    def _set_up(self) -> None:
        """Gives the server what it has before a test says anything."""

    def _was_created(self) -> None:
        """The server is there, for the first time."""

    def _has_started(self) -> None:
        """It listens."""

    def _has_stopped(self) -> None:
        """It does not listen any more."""

    def _ports(self, scheme: str) -> list[int]:
        if not self._told:
            raise TestServerError("the server has not been started")
        listeners = self._told["listeners"]
        at = [each["address"] for each in listeners if each["scheme"] == scheme]
        if not at:
            raise TestServerError(f"the server does not listen for {scheme}")
        return [int(address.rpartition(":")[2]) for address in at]

    def _authority(self, port: int) -> str:
        name = f"[{self.address}]" if ":" in self.address else self.address
        return f"{name}:{port:d}"


def _ip(name: str) -> str:
    """The address that a name stands for, as it goes before a port."""
    if not name:
        return "0.0.0.0"
    family = socket.AF_INET6 if ":" in name else socket.AF_INET
    ip = socket.getaddrinfo(name, None, family, socket.SOCK_STREAM)[0][4][0]
    return f"[{ip}]" if family == socket.AF_INET6 else str(ip)
