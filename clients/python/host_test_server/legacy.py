"""test_server 0.0.25: what a test file of its time imports.

The same server, which answers from its table from the start, with 200 and nothing
where nothing was set, and whose request is there, blank, before one has come.
"""

from .error import TestServerError, TestServerRuntimeError, WaitTimeoutError
from .server import TestServer as _TestServer

__all__ = ["TestServer", "TestServerError", "TestServerRuntimeError", "WaitTimeoutError"]


class TestServer(_TestServer):
    """A server of the first interface."""

    __test__ = False
    _begins_with_table = True
