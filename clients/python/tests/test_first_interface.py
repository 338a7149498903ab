"""The interface of the documentation: `response[…]`, `request[…]`."""

from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from wire import ask, get

from host_test_server import TestServer, TestServerError


# The documentation's basic example. Its fourth line ends with one bracket too many,
# `b'response-data')`; the other edition has it right, with `set_response`. six is
# theirs.
def test_the_basic_example():
    pytest.importorskip("six")
    from six.moves.urllib.request import urlopen

    server = TestServer()
    server.start()
    server.response['data'] = b'response-data'
    req = urlopen(server.get_url(), b'request-data')
    assert req.read() == b'response-data'
    assert server.request['data'] == b'request-data'
    server.stop()


def test_the_other_basic_example():
    pytest.importorskip("six")
    from six.moves.urllib.request import urlopen

    server = TestServer()
    server.start()
    server.set_response('data', b'response-data')
    req = urlopen(server.get_url(), b'request-data')
    assert req.read() == b'response-data'
    assert server.get_request('data') == b'request-data'
    server.stop()


def test_every_detail_of_a_request(old):
    blank = {key: old.request[key] for key in old.request}
    assert len(blank.pop("headers")) == 0
    assert list(blank.values()) == [{}, None, None, None, None, {}, None, False, "utf-8"]
    head = {"Cookie": "foo=bar", "X": "y"}
    urlopen(Request(old.get_url("/a?b=c"), b"data", head)).read()
    request = old.request
    assert request["args"] == {"b": "c"}
    assert request["headers"]["x"] == "y"
    assert request["cookies"]["foo"].value == "bar"
    assert request["path"] == "/a"
    assert request["method"] == "POST"
    assert request["data"] == b"data"
    assert request["files"] == {}
    assert request["client_ip"] == "127.0.0.1"
    assert request["done"] is True
    assert request["charset"] == "utf-8"
    assert old.get_request("path") == "/a"
    with pytest.raises(KeyError):
        old.get_request("colour")


def test_every_detail_of_a_response(old):
    old.response["code"] = 418
    old.response["data"] = "фыва"
    old.response["headers"] = [("foo", "bar"), ("foo", "baz")]
    old.response["cookies"] = [("a", "1"), ("b", "2")]
    old.response["charset"] = "cp1251"
    assert ask(old.port, get()) == (
        b"HTTP/1.0 418 I'm a Teapot\r\n"
        b"Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nfoo: bar\r\nfoo: baz\r\n"
        b"Listen-Port: %d\r\nContent-Type: text/html; charset=cp1251\r\n"
        b"Server: TestServer/0.1.0\r\n\r\n\xf4\xfb\xe2\xe0" % old.port
    )


def test_once_goes_before_always_and_the_method_before_all(old):
    def data(method="GET"):
        return ask(old.port, get(method=method)).rpartition(b"\r\n\r\n")[2]

    old.response["data"] = "all"
    assert data() == b"all"
    old.response["get.data"] = "get"
    old.response_once["data"] = "once"
    old.response_once["get.data"] = "get once"
    assert [data() for _ in range(3)] == [b"get once", b"once", b"get"]
    assert data("POST") == b"all"
    # Each key by itself.
    old.set_response_once("code", 404)
    old.set_response_once("post.data", "later")
    assert b" 404 " in ask(old.port, get())
    assert data("POST") == b"later"


def test_data_of_several_requests(old):
    def answers():
        yield b"one"
        yield "two"

    old.response["get.data"] = answers()
    assert [urlopen(old.get_url()).read() for _ in range(2)] == [b"one", b"two"]
    with pytest.raises(HTTPError) as error:
        urlopen(old.get_url())
    assert error.value.code == 503


def test_what_is_set_may_be_changed_where_it_is(old):
    old.response["headers"].append(("foo", "bar"))
    assert urlopen(old.get_url()).headers["foo"] == "bar"
    old.reset()
    assert urlopen(old.get_url()).headers["foo"] is None


def test_callbacks_write_or_return(old):
    def writes(handler):
        handler.set_status(201)
        handler.set_header("path", handler.request.path)
        handler.write("a")
        yield {"type": "sleep", "time": 0.001}
        handler.finish(b"b")

    old.response["callback"] = writes
    answer = urlopen(old.get_url("/x"))
    assert (answer.status, answer.headers["path"], answer.read()) == (201, "/x", b"ab")
    old.response["callback"] = lambda: {"type": "response", "code": 202, "body": "c"}
    answer = urlopen(old.get_url())
    assert (answer.status, answer.read()) == (202, b"c")
    old.response["callback"] = lambda: {"type": "none"}
    with pytest.raises(HTTPError) as error:
        urlopen(old.get_url())
    assert (error.value.code, b"invalid key: type" in error.value.read()) == (555, True)


def test_several_ports_have_one_state():
    server = TestServer(extra_ports=[0, 0])
    server.start()
    try:
        ports = [server.port, *server.extra_ports]
        assert len(set(ports)) == 3
        server.response["data"] = "x"
        for port in ports:
            answer = urlopen(server.get_url(port=port))
            assert (answer.headers["Listen-Port"], answer.read()) == (str(port), b"x")
        assert server.num_req_processed == 3
    finally:
        server.stop()


def test_a_key_that_is_none_is_said_so(old):
    for key in ("colour", "fetch.data", "get.colour"):
        with pytest.raises(TestServerError, match="Invalid response key"):
            old.response[key] = 1


def test_a_connection_is_left_open_if_that_is_wanted():
    from host_test_server.legacy import TestServer

    server = TestServer()
    server.start(keep_alive=True)
    try:
        server.response["data"] = "x"
        both = ask(server.port, get("/1") + get("/2", "Connection: close"))
        assert both.count(b"HTTP/1.1 200 OK\r\n") == 2
    finally:
        server.close()


def test_both_interfaces_on_one_server(server):
    from host_test_server import Response

    server.response["data"] = "table"
    server.add_response(Response(data="queue"))
    assert [urlopen(server.get_url()).read() for _ in range(2)] == [b"queue", b"table"]
