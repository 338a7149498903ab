"""A client that tries again, against a server that fails first."""

import http.client
import urllib.error
import urllib.request

import pytest


# === the client


def fetch(url, data=None, tries=3):
    """Gets a URL, again if the connection breaks or the server is busy (503).

    A POST is not sent again once it may have been acted upon: then nobody knows
    whether it was (RFC 9110 section 9.2.2).
    """
    for left in reversed(range(tries)):
        try:
            return urllib.request.urlopen(url, data, timeout=30).read()
        except urllib.error.HTTPError as error:
            if error.code != 503 or not left:
                raise
        except (ConnectionError, http.client.HTTPException, urllib.error.URLError):
            if data is not None or not left:
                raise
    raise AssertionError("tries is 1 or more")


# === its tests


def test_a_reset_is_tried_again(host_test_server):
    # One after the other: what was added first answers first.
    host_test_server.mock("GET /data", fault="reset")
    host_test_server.mock("GET /data", "here it is")
    assert fetch(host_test_server.url("/data")) == b"here it is"
    # Both came, and the server kept both.
    assert [request.path for request in host_test_server.requests()] == ["/data"] * 2


def test_half_an_answer_is_tried_again(host_test_server):
    host_test_server.mock(response="0123456789", fault={"kind": "close", "at": {"bytes": 5}})
    host_test_server.mock(response="0123456789")
    assert fetch(host_test_server.url()) == b"0123456789"


def test_a_server_that_is_busy_is_asked_again(host_test_server):
    host_test_server.mock(response=503, times=2)
    host_test_server.mock(response="at last", expect=1)
    assert fetch(host_test_server.url()) == b"at last"


def test_it_gives_up(host_test_server):
    # `expect` says how often it must have come when the test ends: no less, no more.
    host_test_server.mock(fault="reset", expect=3)
    with pytest.raises(OSError):
        fetch(host_test_server.url())


def test_a_post_is_not_sent_twice(host_test_server):
    host_test_server.mock("POST /orders", fault="reset", expect=1)
    with pytest.raises(OSError):
        fetch(host_test_server.url("/orders"), b"one, please")


def test_a_connection_that_fails_at_once(host_test_server):
    # Before there is a request: nothing of it is in the journal.
    host_test_server.fail_connections("reset", times=2)
    host_test_server.mock(response="third time lucky")
    assert fetch(host_test_server.url()) == b"third time lucky"
    assert len(host_test_server.requests()) == 1
