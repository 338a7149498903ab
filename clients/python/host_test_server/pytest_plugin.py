"""Fixtures for pytest: a server for each test, looked at when the test is over."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any, Callable

import pytest

from .server import TestServer

_SERVERS = pytest.StashKey[list[TestServer]]()


def pytest_configure(config: pytest.Config) -> None:
    """Tells of the marker."""
    config.addinivalue_line(
        "markers",
        "host_test_server(verify=True): with verify=False a request that nothing "
        "answered, or an expectation that was not met, does not fail the test",
    )


@pytest.fixture
def test_server_factory(request: pytest.FixtureRequest) -> Iterator[Callable[..., TestServer]]:
    """Makes servers, started: ``server = test_server_factory(wire=True)``."""
    servers = request.node.stash.setdefault(_SERVERS, [])

    def start(*args: Any, **settings: Any) -> TestServer:
        server = TestServer(*args, **settings)
        server.start()
        servers.append(server)
        return server

    yield start
    while servers:
        servers.pop().close()


@pytest.fixture
def host_test_server(test_server_factory: Callable[..., TestServer]) -> TestServer:
    """A server that has started.

    The test fails if nothing answered a request, or a mock has not answered as often
    as it is expected to.
    """
    return test_server_factory()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, None]:
    """Looks at the servers when the test is over, so that it is the test that fails."""
    outcome = yield
    marker = item.get_closest_marker("host_test_server")
    if marker is not None and not marker.kwargs.get("verify", True):
        return
    unmet = [text for server in item.stash.get(_SERVERS, []) for text in server.unmet()]
    if not unmet:
        return
    text = "\n".join(unmet)
    if outcome.excinfo is None:
        outcome.force_exception(pytest.fail.Exception(text, pytrace=False))
    else:
        # It has failed already: this may be why.
        item.add_report_section("call", "host_test_server", text)
