"""Mocks: an answer, the requests that it is for, and how often it is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Union

from .data import plain

if TYPE_CHECKING:
    from .request import Request
    from .server import TestServer

__all__ = ["Expected", "Mock", "Wire", "expected", "fault_of", "steps"]

#: How often: 2, (1, None) for one or more, (0, 3), or {"at_least": 1}.
Expected = Union[int, tuple[int, Union[int, None]], Mapping[str, int]]
#: Operations on the wire: {"op": "write-raw-bytes", "data": b"…"}, or only a name.
Wire = Sequence[Union[str, Mapping[str, Any]]]


class Mock:
    """A mock of a server."""

    def __init__(self, server: TestServer, number: int) -> None:
        self._server = server
        #: Its number, as `Request.mock` has it.
        self.id = number

    @property
    def answered(self) -> int:
        """How many requests it has answered."""
        return int(self._server.control("GET", f"/mocks/{self.id}")["answered"])

    def requests(self) -> list[Request]:
        """The requests that it has answered."""
        return [each for each in self._server.requests() if each.mock == self.id]

    def remove(self) -> None:
        """Takes it away."""
        self._server.control("DELETE", f"/mocks/{self.id}")

    def __repr__(self) -> str:
        return f"<Mock {self.id}>"


def expected(expect: Expected) -> Any:
    """How often, as the control API has it."""
    if isinstance(expect, tuple):
        least, most = expect
        return {"at_least": least} if most is None else {"at_least": least, "at_most": most}
    return expect if isinstance(expect, int) else dict(expect)


def fault_of(fault: str | Mapping[str, Any]) -> dict[str, Any]:
    """A fault, as the control API has it: "reset", or {"kind": "reset", "at": "head"}."""
    return {"kind": fault} if isinstance(fault, str) else dict(fault)


def steps(wire: Wire) -> list[Any]:
    """Operations, as the control API has them."""
    return [{"op": step} if isinstance(step, str) else plain(step) for step in wire]
