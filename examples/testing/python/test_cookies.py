"""A cookie jar: a session of several answers, with the server that test_server is."""

import http.cookiejar
import urllib.request

import pytest

from host_test_server import Response, TestServer


@pytest.fixture
def server():
    # Without the fixture of this package: as with test_server itself.
    server = TestServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def browser():
    jar = http.cookiejar.CookieJar()
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    return opener.open


def test_a_session_is_kept(server, browser):
    server.add_response(Response(headers={"Set-Cookie": "session=abc; Path=/"}))
    server.add_response(Response(data=b"welcome back"))
    browser(server.get_url("/login"))
    assert "session" not in server.request.cookies
    assert browser(server.get_url("/home")).read() == b"welcome back"
    assert server.request.cookies["session"].value == "abc"


def test_a_path_s_cookie_stays_there(server, browser):
    server.add_response(
        Response(headers=[("Set-Cookie", "a=1; Path=/admin"), ("Set-Cookie", "b=2; Path=/")])
    )
    server.add_response(Response(), count=-1)
    browser(server.get_url("/admin/login"))
    browser(server.get_url("/admin/users"))
    assert {name: each.value for name, each in server.request.cookies.items()} == {
        "a": "1",
        "b": "2",
    }
    browser(server.get_url("/shop"))
    assert list(server.request.cookies) == ["b"]


def test_a_secure_cookie_goes_over_tls_only(host_test_server):
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(jar),
        # The server's authority is made for this run; this context trusts it.
        urllib.request.HTTPSHandler(context=host_test_server.ssl_context()),
    ).open
    host_test_server.mock("/login", {"headers": [("Set-Cookie", "s=1; Secure")]})
    # Whoever has the cookie gets in. What was added first is asked first.
    host_test_server.mock({"path": "/home", "cookie": ("s", "1")}, "in")
    host_test_server.mock("/home", "out")
    browser(host_test_server.url("/login", "https")).read()
    assert browser(host_test_server.url("/home", "https")).read() == b"in"
    assert browser(host_test_server.url("/home", "http")).read() == b"out"


def test_a_cookie_that_was_taken_away_is_gone(host_test_server, browser):
    host_test_server.mock("/in", {"headers": [("Set-Cookie", "s=1")]})
    host_test_server.mock("/out", {"headers": [("Set-Cookie", "s=; Max-Age=0")]})
    host_test_server.mock({"path": "/home", "not": {"cookie": "s"}}, "who are you?")
    for path in ("/in", "/out", "/home"):
        last = browser(host_test_server.url(path))
    assert last.read() == b"who are you?"
