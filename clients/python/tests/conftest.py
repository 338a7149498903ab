"""Servers of this package, and of test_server itself beside them."""

import pytest

import host_test_server


@pytest.fixture
def server():
    with host_test_server.TestServer() as server:
        yield server


@pytest.fixture
def old():
    """A server of the first interface."""
    from host_test_server.legacy import TestServer

    with TestServer() as server:
        yield server
