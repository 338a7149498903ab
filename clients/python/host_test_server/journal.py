"""The requests that a server got."""

from __future__ import annotations

import threading
import time
from typing import Any, Callable

from .request import Request
from .response import METHODS

__all__ = ["Journal"]

# A question to the host that waits is asked again after this long.
WAIT = 30.0
# What an answer may take to be counted once its client has all of it.
MOMENT = 0.1


class Journal:
    """What came, read from the host when it is asked for."""

    def __init__(self, control: Callable[..., Any], folder: bool) -> None:
        self._control = control
        # Whether a folder answers what no mock does.
        self._folder = folder
        self._lock = threading.RLock()
        self._last = 0
        self._all: list[Request] = []
        # Those that test_server would have kept.
        self._kept: list[Request] = []
        # Those that it would not even count: it does not have their methods.
        self._uncounted = 0
        self._counts: dict[str, int] = {}
        #: Added to the number of answers.
        self.offset = 0
        #: What the text of requests that do not say so is encoded in.
        self.charset = "utf-8"
        #: Requests whose callback sleeps: test_server keeps them afterwards.
        self.asleep: set[int] = set()

    def read(self) -> None:
        """Reads what is new."""
        with self._lock:
            more = True
            while more:
                told = self._control("GET", f"/requests?after={self._last}")
                self._last = told["last"]
                self._counts = told["counts"]
                for each in told["requests"]:
                    self._add(Request.from_control(each, self.charset), each["method"])
                more = told["more"]

    def _add(self, request: Request, method: Any) -> None:
        self._all.append(request)
        if request.mock is not None or (self._folder and request.unmatched is None):
            self._kept.append(request)
        elif method not in METHODS:
            self._uncounted += 1

    def add(self, request: Request) -> None:
        """Adds a request that did not come."""
        with self._lock:
            self._kept.append(request)
            self._all.append(request)

    def forget(self) -> None:
        """Begins anew. What came until now is not told of any more."""
        with self._lock:
            self._all, self._kept = [], []
            self._uncounted = self.offset = 0
            self._counts = {}
            self.charset = "utf-8"

    def all(self) -> list[Request]:
        """Every request."""
        with self._lock:
            self.read()
            return list(self._all)

    def newest(self) -> Request | None:
        """The last of those that test_server would have kept."""
        with self._lock:
            self.read()
            awake = (each for each in reversed(self._kept) if each.id not in self.asleep)
            return next(awake, None)

    def answered(self) -> int:
        """How many answers are over, as test_server counts them."""
        with self._lock:
            self.read()
            received = self._counts["received"]
            if self._counts["answered"] < received:
                # A client may have all of an answer a moment before that counts.
                path = f"/counts?answered={received}&wait={MOMENT}"
                self._counts = self._control("GET", path, wait=MOMENT)
            return max(0, self._counts["answered"] - self._uncounted) + self.offset

    def wait_answered(self, timeout: float) -> bool:
        """Waits until there is an answer; says whether there is."""
        deadline = time.monotonic() + timeout
        while not self.answered():
            left = deadline - time.monotonic()
            if left < 0:
                return False
            wanted = max(1, self._uncounted + 1 - self.offset)
            wait = min(left, WAIT)
            self._control("GET", f"/counts?answered={wanted}&wait={wait:.3f}", wait=wait)
        return True

    def take(self, timeout: float) -> Request | None:
        """The oldest request that was not taken before, waiting for one if need be."""
        deadline = time.monotonic() + timeout
        while True:
            wait = max(0.0, min(deadline - time.monotonic(), WAIT))
            told = self._control("POST", f"/requests/take?wait={wait:.3f}", wait=wait)
            if told is not None:
                return Request.from_control(told, self.charset)
            if time.monotonic() >= deadline:
                return None
