"""The host process: where it is, how it begins, and that it does not outlive us."""

from __future__ import annotations

import atexit
import collections
import json
import os
import shutil
import subprocess
import threading
import weakref
from pathlib import Path
from typing import Any

from .control import Control
from .error import HostNotFoundError, TestServerError

__all__ = ["Host", "find_binary", "own_host", "shared_host"]

#: How long a host may take until it is ready.
READY = 60.0
#: How long it may take to end by itself.
END = 2.0
#: Lines of its output that are kept, to be told when it fails.
LINES = 50

_NAME = "host.exe" if os.name == "nt" else "host"


def find_binary() -> str:
    """`HOST_BINARY`, or `host` on PATH, or what this checkout has built."""
    said = os.environ.get("HOST_BINARY")
    if said:
        found = shutil.which(said)
        if found is None:
            raise HostNotFoundError(f"HOST_BINARY is {said}, which is no program")
        return found
    others = []
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        candidate = shutil.which(_NAME, path=folder) if folder else None
        # BIND has a program of this name, too.
        if candidate and _version(candidate):
            return candidate
        if candidate:
            others.append(candidate)
    built = Path(__file__).resolve().parents[3] / "target" / "release" / _NAME
    if built.is_file():
        return str(built)
    besides = f" ({', '.join(others)}: another program of that name)" if others else ""
    raise HostNotFoundError(
        f"no host program: neither HOST_BINARY is set, nor is host on PATH{besides}, "
        f"nor is there {built}. Build it with `cargo build --release`."
    )


def _version(binary: str) -> str | None:
    """What it says its version is, if it is the host of this project."""
    try:
        done = subprocess.run(
            [binary, "--version"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=READY,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    words = done.stdout.decode("utf-8", "replace").split()
    if done.returncode == 0 and len(words) == 2 and words[0] == "host":
        return words[1]
    return None


class Host:
    """A child process that has any number of servers."""

    def __init__(self, binary: str) -> None:
        self.binary = binary
        self._lines: collections.deque[str] = collections.deque(maxlen=LINES)
        self._ready = threading.Event()
        self._told: dict[str, Any] = {}
        self._abandoned: collections.deque[str] = collections.deque()
        self._pid = os.getpid()
        command = [binary, "serve", "--control", "127.0.0.1:0", "--until-eof"]
        command += ["--format", "json", "--log", "error"]
        # It would be asked for, and nobody else speaks to this host.
        environment = {**os.environ}
        environment.pop("HOST_CONTROL_TOKEN", None)
        try:
            # In a session of its own it does not hear ^C in the terminal, which is
            # for the test; the end of our side of the pipe is what ends it.
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=os.name != "nt",
            )
        except OSError as error:
            raise HostNotFoundError(f"{binary} cannot be started: {error}") from error
        _hosts.add(self)
        threading.Thread(target=self._read, name="host output", daemon=True).start()
        self._ready.wait(READY)
        if "control" not in self._told:
            self.close()
            raise HostNotFoundError(self._why_not())
        self.control = Control(self._told["control"])

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process.poll() is None

    def call(self, method: str, path: str, body: Any = None, wait: float = 0.0) -> Any:
        """Asks the control API, see `Control.call`."""
        while self._abandoned:
            try:
                self.control.call("DELETE", f"/servers/{self._abandoned.popleft()}")
            except (IndexError, TestServerError):
                break
        try:
            return self.control.call(method, path, body, wait)
        except TestServerError as error:
            if self.is_running:
                raise
            raise TestServerError(
                f"the host process has ended ({self._process.returncode}): "
                f"{self._output() or error}"
            ) from error

    def abandon(self, server: str) -> None:
        """Stops a server at some later time. Safe while garbage is collected."""
        if os.getpid() == self._pid:
            self._abandoned.append(server)

    def let_go(self) -> None:
        """Lets the process end, without waiting for it."""
        try:
            if self._process.stdin is not None:
                self._process.stdin.close()
        except OSError:
            pass

    def close(self) -> None:
        """Ends the process."""
        process = self._process
        self.let_go()
        try:
            process.wait(END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        _hosts.discard(self)

    def forked(self) -> None:
        """In a child of this process: the host is the parent's, and ends with it."""
        process = self._process
        if process.stdin is not None:
            process.stdin.close()
        # What is not our child cannot be waited for.
        process.returncode = 0
        if hasattr(self, "control"):
            self.control.forget_connections()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            text = line.decode("utf-8", "replace").rstrip()
            if not self._told and text.startswith("{"):
                try:
                    told = json.loads(text)
                except ValueError:
                    told = {}
                if told.get("event") == "ready":
                    self._told = told
                    self._ready.set()
                    continue
            self._lines.append(text)
        self._process.stdout.close()
        self._process.wait()
        self._ready.set()
        if hasattr(self, "control"):
            self.control.forget_connections()

    def _output(self) -> str:
        return "\n".join(self._lines)

    def _why_not(self) -> str:
        output = self._output()
        if "--control" in output or "--until-eof" in output or self._told:
            version = _version(self.binary)
            return (
                f"{self.binary} is host {version}, which is too old: it has no control API"
                if version
                else f"{self.binary} is not this project's host: {output}"
            )
        return f"{self.binary} is not ready: {output or 'it said nothing'}"


# All of this process's own children.
_hosts: weakref.WeakSet[Host] = weakref.WeakSet()
_shared: Host | None = None
_lock = threading.Lock()


def shared_host() -> Host:
    """The one that the servers of this process share."""
    global _shared
    with _lock:
        if _shared is None or not _shared.is_running:
            _shared = Host(find_binary())
        return _shared


def own_host() -> Host:
    """One that nobody else has."""
    return Host(find_binary())


def _end() -> None:
    for host in list(_hosts):
        host.close()


def _forked() -> None:
    global _shared, _lock
    _lock = threading.Lock()
    _shared = None
    for host in list(_hosts):
        host.forked()
    _hosts.clear()


atexit.register(_end)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)
