"""The test's own functions as answers: the host asks, a thread here answers."""

from __future__ import annotations

import itertools
import logging
import threading
from typing import Any, Callable

from .control import Control
from .error import TestServerError

__all__ = ["Calls"]

LOG = logging.getLogger()

#: How long a question for calls stays open.
OPEN = 50.0

#: What answers a call: it gets the request as the control API tells it.
Answerer = Callable[[dict[str, Any]], dict[str, Any]]


class Calls:
    """The functions of one server, and the thread that hears when they are asked."""

    def __init__(self, failed: Callable[[Exception], dict[str, Any]]) -> None:
        self._functions: dict[str, Answerer] = {}
        self._numbers = itertools.count(1)
        self._failed = failed
        self._end: Callable[[], None] | None = None
        #: What functions raised, until the server is set back.
        self.errors: list[Exception] = []

    def name(self, function: Answerer, name: str | None = None) -> str:
        """The name by which the host asks for a function."""
        name = name or f"call-{next(self._numbers)}"
        self._functions[name] = function
        return name

    def reset(self, keep: tuple[str, ...]) -> None:
        """Forgets all functions but these."""
        self._functions = {name: self._functions[name] for name in keep}
        self.errors = []

    def listen(self, control: Control, server: str) -> None:
        """Begins to answer, until `end`."""
        connection = control.connection()
        ended = threading.Event()

        def hear() -> None:
            path = f"/servers/{server}/calls?wait={OPEN:g}"
            while not ended.is_set():
                try:
                    told = control.call("GET", path, wait=OPEN, via=connection)
                except (TestServerError, OSError, ValueError):
                    # The server is gone, or its host is: nobody asks any more.
                    break
                for call in told["calls"]:
                    # A function may wait for another request, or make one.
                    threading.Thread(
                        target=self._answer,
                        args=(control, server, call),
                        name=f"test server callback {call['callback']}",
                        daemon=True,
                    ).start()
            connection.close()

        def end() -> None:
            ended.set()
            connection.interrupt()

        self._end = end
        threading.Thread(target=hear, name=f"test server {server}", daemon=True).start()

    def end(self) -> None:
        """Ends the thread."""
        if self._end is not None:
            self._end()
            self._end = None

    def _answer(self, control: Control, server: str, call: dict[str, Any]) -> None:
        try:
            function = self._functions.get(call["callback"])
            if function is None:
                raise TestServerError(f"there is no callback {call['callback']}")
            answer = function(call["request"])
            self._send(control, server, call["id"], answer)
        except Exception as error:  # whatever it is, the client has to be told
            LOG.exception("Unexpected error happened in test server request handler")
            self.errors.append(error)
            try:
                self._send(control, server, call["id"], self._failed(error))
            except TestServerError:
                LOG.exception("The error cannot be told to the client")

    def _send(
        self, control: Control, server: str, number: int, answer: dict[str, Any]
    ) -> None:
        try:
            control.call("POST", f"/servers/{server}/calls/{number}", answer)
        except TestServerError as error:
            # The client has left, or the server was set back meanwhile.
            if getattr(error, "status", None) != 404:
                raise
