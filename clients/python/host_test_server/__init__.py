"""A server for tests of HTTP clients, with test_server's interface.

The server is the `host` program: HTTP/1, HTTP/2 and TLS on real sockets, with mocks,
faults and handlers. README.md says how to use it.
"""

from .const import TEST_SERVER_PACKAGE_VERSION
from .error import (
    HostNotFoundError,
    InternalError,
    NoResponseError,
    RequestNotProcessedError,
    TestServerError,
    TestServerRuntimeError,
    UnmetError,
    WaitTimeoutError,
)
from .mock import Mock
from .server import Request, Response, TestServer
from .structure import HttpHeaderStorage

__version__ = TEST_SERVER_PACKAGE_VERSION
__all__ = [
    "HostNotFoundError",
    "HttpHeaderStorage",
    "InternalError",
    "Mock",
    "NoResponseError",
    "Request",
    "RequestNotProcessedError",
    "Response",
    "TestServer",
    "TestServerError",
    "TestServerRuntimeError",
    "UnmetError",
    "WaitTimeoutError",
]
