"""What is raised; the first five are test_server's."""

from __future__ import annotations

__all__ = [
    "HostNotFoundError",
    "InternalError",
    "NoResponseError",
    "RequestNotProcessedError",
    "TestServerError",
    "TestServerRuntimeError",
    "UnmetError",
    "WaitTimeoutError",
]


class TestServerError(Exception):
    """Base class of everything that this package raises."""

    #: It is no test, whatever its name says.
    __test__ = False


class WaitTimeoutError(TestServerError):
    """What was waited for has not come in time."""


class InternalError(TestServerError):
    """Something went wrong while a request was answered."""


class RequestNotProcessedError(TestServerError):
    """There is no request yet."""


class NoResponseError(TestServerError):
    """No response is left to answer with."""


class HostNotFoundError(TestServerError):
    """There is no ``host`` program, or it cannot be used."""


class UnmetError(TestServerError, AssertionError):
    """The server has not got what the test expects."""


#: The name that it had in test_server 0.0.25.
TestServerRuntimeError = TestServerError
