"""The server of a test."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Callable
from urllib.parse import quote

from .calls import Calls
from .data import Condition, conditions
from .error import (
    NoResponseError,
    RequestNotProcessedError,
    TestServerError,
    UnmetError,
    WaitTimeoutError,
)
from .journal import Journal
from .life import Life
from .mock import Expected, Mock, Wire, expected, fault_of, steps
from .request import Request
from .response import (
    INTERNAL_ERROR_RESPONSE_STATUS,
    METHODS,
    VALID_METHODS,
    Response,
    answer_of,
    failed,
    unsupported_method,
)
from .seeds import Settings, Table

__all__ = ["INTERNAL_ERROR_RESPONSE_STATUS", "Request", "Response", "TestServer"]

# `add_response` goes behind every mock, the method's own queue before the other,
# and the table of the first interface behind both.
_OWN, _ANY, _TABLE = -1_000_000, -2_000_000, -3_000_000
_ONE_OF_THEM = {"method": {"regex": f"^({'|'.join(METHODS)})$"}}


class TestServer(Life):
    """A server for a test: says what it answers, and tells what it got.

    It has test_server's interface, of 0.1.0 (`add_response`, `get_request`) and of
    0.0.25 (`response[…]`, `request[…]`), and what host's mocks can do (`mock`,
    `requests`, `take_request`, `verify`). The server itself is in a `host` process, a
    child that all servers of this process share; with ``engine="subprocess"`` it has
    one of its own.

    It listens on `port` (0 picks one) and `extra_ports`, and with TLS on `tls_port`.
    What no mock answers, a folder does if `plugins` names one; `raw` says whether its
    handlers may write raw bytes. `body_limit` is what is kept of a request's body, in
    bytes, and `wire` whether `wire_journal` is kept.
    """

    __test__ = False
    #: Whether the table of the first interface answers from the start.
    _begins_with_table = False

    def _prepare(self) -> None:
        self._calls = Calls(self._failed)
        self._calls.name(self._unmatched, "unmatched")
        self._calls.name(self._by_table, "table")
        self._journal = Journal(self.control, "plugins" in self._settings)
        self._table = Table()
        self._table_answers = self._begins_with_table or bool(self.extra_ports)
        # What add_response was told before there was a server.
        self._early: list[tuple[Response, int | None, str | None]] = []
        # What it was told later, by the numbers of the mocks.
        self._queued: dict[int, tuple[Response, str | None]] = {}

    # === test_server 0.1.0: a queue of responses, and the newest request

    def add_response(
        self, resp: Response, count: int = 1, method: str | None = None
    ) -> None:
        """Answers the next `count` requests (of a method) so; all of them with -1.

        A method's own responses go before the others, and the older before the newer.
        """
        assert method is None or isinstance(method, str)
        assert count < 0 or count > 0
        if method and method not in VALID_METHODS:
            raise TestServerError(f"Invalid method: {method}")
        # As test_server counts, what is less than -1 is used up by one answer.
        times = None if count == -1 else max(count, 1)
        with self._lock:
            if self._id:
                self._queue(resp, times, method)
            else:
                self._early.append((resp, times, method))

    def get_response(self, method: str) -> Response:
        """Takes what the next request of this method would be answered with."""
        with self._lock:
            for listed in self.control("GET", "/mocks") if self._id else ():
                resp, own = self._queued.get(listed["id"], (None, None))
                if resp is None or own not in (None, method):
                    continue
                mock = listed["mock"]
                if mock["times"] is None:
                    return resp
                left = mock["times"] - listed["answered"]
                if left > 0:
                    self.control("DELETE", f"/mocks/{listed['id']}")
                if left > 1:
                    # In front of its queue, where it was.
                    self._queue(resp, left - 1, own, mock["priority"] + 1)
                if left > 0:
                    return resp
        raise NoResponseError("No response available")

    def get_request(self, key: str | None = None) -> Any:
        """The newest request; with a key, what it has there, if there is one or not."""
        if key is not None:
            return self._newest()[key]
        request = self._journal.newest() if self._id else None
        if request is None:
            raise RequestNotProcessedError("Request has not been processed")
        return request

    @property
    def request(self) -> Request:
        """The newest request."""
        return self._newest() if self._table_answers else self.get_request()

    def add_request(self, req: Request) -> None:
        """Adds a request as if it had come."""
        if self._id:
            self._journal.read()
        self._journal.add(req)

    @property
    def num_req_processed(self) -> int:
        """How many requests were answered."""
        return self._journal.answered() if self._id else self._journal.offset

    @num_req_processed.setter
    def num_req_processed(self, number: int) -> None:
        self._journal.offset += number - self.num_req_processed

    def request_is_done(self) -> bool:
        """Whether a request was answered."""
        return self.num_req_processed > 0

    def wait_request(self, timeout: float) -> None:
        """Waits until a request was answered."""
        if not self._id or not self._journal.wait_answered(timeout):
            raise WaitTimeoutError(f"No request processed in {timeout} seconds")

    def reset(self) -> None:
        """Forgets responses, mocks, requests and counts."""
        with self._lock:
            self._table.reset()
            self._calls.reset(("unmatched", "table"))
            self._early.clear()
            self._queued.clear()
            if self._id:
                self.control("POST", "/reset")
                self._set_up()
            self._journal.forget()

    # === test_server 0.0.25: a table of what is answered, until it is changed

    @property
    def response(self) -> Settings:
        """What is answered: ``server.response["data"] = b"…"``."""
        self._use_table()
        return self._table.response

    @property
    def response_once(self) -> Settings:
        """What is answered to one request, each key by itself."""
        self._use_table()
        return self._table.once

    def set_response(self, key: str, value: Any) -> None:
        """Sets a key of `response`."""
        self.response[key] = value

    def set_response_once(self, key: str, value: Any) -> None:
        """Sets a key of `response_once`."""
        self.response_once[key] = value

    # === host's mocks

    def mock(
        self,
        when: Condition | None = None,
        response: Any = None,
        *,
        wire: Wire | None = None,
        handler: str | None = None,
        callback: Callable[[Request], Any] | None = None,
        fault: str | Mapping[str, Any] | None = None,
        times: int | str | None = None,
        expect: Expected | None = None,
        priority: int = 0,
    ) -> Mock:
        """Answers the requests that `when` is true of, see `data.conditions`.

        The answer is one of: `response`, which is a body, a status, a `Response` or a
        mapping as the control API has it; `wire`, operations; `handler`, the name of a
        handler; `callback`, a function from the request to what `response` may be.
        `fault` is what goes wrong with the response. It answers once, `times` often,
        "always", or always where something is expected, to which `verify` sees.
        """
        responds = response is not None or fault is not None
        said = (responds or None, wire, handler, callback)
        if sum(each is not None for each in said) > 1:
            raise ValueError("one of response (with a fault), wire, handler, callback")
        mock: dict[str, Any] = {"when": conditions(when), "priority": priority}
        if times is not None:
            mock["times"] = None if times == "always" else times
        if expect is not None:
            mock["expect"] = expected(expect)
        if not self._id:
            raise TestServerError("the server has not been started")
        mock.update(self._answer(response, wire, handler, callback))
        if fault is not None:
            if "response" not in mock:
                raise ValueError("a fault needs a response that HTTP allows")
            mock["response"] = {**mock["response"], "fault": fault_of(fault)}
        return Mock(self, self.control("POST", "/mocks", mock)["id"])

    def set_unmatched(
        self,
        response: Any = None,
        *,
        wire: Wire | None = None,
        handler: str | None = None,
        callback: Callable[[Request], Any] | None = None,
    ) -> None:
        """Answers requests so that nothing else answers; 555 again without any."""
        answer: dict[str, Any] = {"callback": "unmatched"}
        if any(each is not None for each in (response, wire, handler, callback)):
            answer = self._answer(response, wire, handler, callback)
        self.control("PUT", "/unmatched", answer)

    def requests(self) -> list[Request]:
        """Every request that came, in the order in which they were complete."""
        return self._journal.all()

    def take_request(self, timeout: float = 5.0) -> Request:
        """The oldest request that was not taken before, waiting for it if need be."""
        request = self._journal.take(timeout)
        if request is None:
            raise WaitTimeoutError(f"No request in {timeout} seconds")
        return request

    def fail_connections(self, fault: str | Mapping[str, Any], times: int = 1) -> None:
        """The next connections fail: "reset", "close", "stall" or "tls_alert"."""
        self.control("POST", "/faults", {**fault_of(fault), "times": times})

    def put_handler(self, name: str, content: bytes) -> None:
        """Gives the server a component, or a script `name.py`, to answer with."""
        self.control("PUT", f"/handlers/{quote(name, safe='')}", bytes(content))

    def wire_journal(self, connection: int | None = None) -> list[str]:
        """What passed on the wire, as JSON lines; made with ``TestServer(wire=True)``."""
        query = "" if connection is None else f"?connection={connection}"
        return (self.control("GET", f"/wire{query}") or "").splitlines()

    def unmet(self) -> list[str]:
        """What is not as the test expects it: each in a sentence."""
        if not self._id:
            return []
        raised = [f"a callback raised {error!r}" for error in self._calls.errors]
        return [*self.control("GET", "/verify")["unmet"], *raised]

    def verify(self) -> None:
        """Raises `UnmetError` where the server has not got what the test expects.

        That is: a mock has not answered as often as it should, nothing answered a
        request, or a callback raised an exception.
        """
        unmet = self.unmet()
        if unmet:
            raise UnmetError("\n".join(unmet))

    # === what the host is told, and what it asks

    def _set_up(self) -> None:
        self.control("PUT", "/unmatched", {"callback": "unmatched"})
        if self._table_answers:
            self._add_table()

    def _was_created(self) -> None:
        early, self._early = self._early, []
        for each in early:
            self._queue(*each)

    def _has_started(self) -> None:
        if self._host is not None:
            self._calls.listen(self._host.control, self._id)

    def _has_stopped(self) -> None:
        self._calls.end()

    def _queue(
        self,
        resp: Response,
        times: int | None,
        method: str | None,
        priority: int | None = None,
    ) -> None:
        if method == "":
            # No request is of this method.
            return
        if priority is None:
            priority = _OWN if method else _ANY
        mock = {
            "when": [{"method": method.upper()} if method else _ONE_OF_THEM],
            "times": times,
            "priority": priority,
            **self._answer(resp),
        }
        self._queued[self.control("POST", "/mocks", mock)["id"]] = (resp, method)

    def _answer(
        self,
        response: Any,
        wire: Wire | None = None,
        handler: str | None = None,
        callback: Callable[[Request], Any] | None = None,
    ) -> dict[str, Any]:
        if wire is not None:
            return {"wire": steps(wire)}
        if handler is not None:
            return {"handler": handler}
        if callback is not None:
            function = callback
            return {"callback": self._calls.name(lambda told: self._of(function, told))}
        if isinstance(response, Response) and response.asks:
            asked = response
            return {"callback": self._calls.name(lambda told: self._asked(asked, told))}
        return answer_of({} if response is None else response, self._port())

    def _of(self, callback: Callable[[Request], Any], told: Any) -> dict[str, Any]:
        request = Request.from_control(told, self._journal.charset)
        return answer_of(callback(request), self._port())

    def _asked(self, resp: Response, told: Any) -> dict[str, Any]:
        if resp.sleep:
            self._journal.asleep.add(told["id"])
            try:
                time.sleep(resp.sleep)
            finally:
                self._journal.asleep.discard(told["id"])
        return resp.called(self._port())

    def _unmatched(self, told: Any) -> dict[str, Any]:
        method = str(told["method"])
        if method not in METHODS:
            return unsupported_method(method, told["protocol"] == "HTTP/2.0")
        return self._failed(NoResponseError("No response available"))

    def _failed(self, error: Exception) -> dict[str, Any]:
        return failed(error, self._port())

    def _port(self) -> int:
        return self.port or 0

    def _use_table(self) -> None:
        with self._lock:
            if not self._table_answers:
                self._table_answers = True
                if self._id:
                    self._add_table()

    def _add_table(self) -> None:
        mock = {"when": [_ONE_OF_THEM], "times": None, "priority": _TABLE}
        self.control("POST", "/mocks", {**mock, "callback": "table"})

    def _by_table(self, told: Any) -> dict[str, Any]:
        request = Request.from_control(told, self._journal.charset)
        port = int(str(told["local"]).rpartition(":")[2])
        return self._table.answer(request, port, self._keep_alive)

    def _newest(self) -> Request:
        """The newest request, or one of which nothing is known."""
        request = self._journal.newest() if self._id else None
        if request is None:
            request = Request.blank(self._journal.charset)
        request._set_charset = self._set_charset
        return request

    def _set_charset(self, charset: str) -> None:
        self._journal.charset = charset
        self.response["charset"] = charset
