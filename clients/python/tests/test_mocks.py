"""What test_server does not have: mocks, faults, what was expected, TLS, HTTP/2."""

import http.client
import json
import re
import socket
import ssl
import threading
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from wire import ask, form, get

from host_test_server import (
    Response,
    TestServer,
    TestServerError,
    UnmetError,
    WaitTimeoutError,
)


def read(server, path="/", data=None):
    return urlopen(server.url(path), data).read()


def test_conditions_choose(server):
    server.mock("GET /a", "a", times="always")
    server.mock({"method": "POST", "query": ("page", "2")}, "page", times="always")
    server.mock([{"path": re.compile("^/b[0-9]$")}, {"header": "host"}], b"\xff", times=2)
    server.mock({"json": {"a": [1]}}, {"body": {"json": [2]}, "headers": {"X": "y"}})
    server.mock({"not": {"any": ["/a", "GET /b1"]}, "path": {"starts_with": "/c"}}, 202)
    assert read(server, "/a") == read(server, "/a") == b"a"
    assert read(server, "/x?page=2", b"data") == b"page"
    assert read(server, "/b1") == read(server, "/b2") == b"\xff"
    answer = urlopen(server.url("/json"), b'{"a":[1]}')
    assert (answer.headers["X"], json.loads(answer.read())) == ("y", [2])
    assert urlopen(server.url("/c/d")).status == 202
    with pytest.raises(HTTPError) as error:
        read(server, "/b3")
    assert (error.value.code, error.value.read()) == (555, b"No response available")


def test_what_was_asked_is_told_in_order(server):
    first = server.mock("/1", "x", times=2)
    server.mock("/2", "y")
    read(server, "/1?a=b")
    read(server, "/2", b"body")
    read(server, "/1")
    assert [request.target for request in server.requests()] == ["/1?a=b", "/2", "/1"]
    assert [request.target for request in first.requests()] == ["/1?a=b", "/1"]
    assert first.answered == 2
    request = server.requests()[1]
    assert (request.method, request.data, request.text) == ("POST", b"body", "body")
    assert (request.protocol, request.scheme, request.done) == ("HTTP/1.1", "http", True)
    assert request.authority == f"127.0.0.1:{server.port}"
    assert ("Host", request.authority) in request.header_lines
    assert request.frames[0]["kind"] == "HEADERS"
    assert server.take_request().target == "/1?a=b"
    assert server.take_request().target == "/2"
    first.remove()
    assert [server.take_request(0).target, len(server.requests())] == ["/1", 3]
    with pytest.raises(WaitTimeoutError):
        server.take_request(0.01)


def test_a_request_is_waited_for(server):
    server.mock("/late", "x")
    asking = threading.Thread(target=read, args=(server, "/late"))
    asking.start()
    assert server.take_request(30).path == "/late"
    server.wait_request(30)
    asking.join()


def test_a_callback_answers_with_anything(server):
    def answer(request):
        return {
            "/text": "text",
            "/bytes": b"\xff",
            "/status": 202,
            "/response": Response(data="response", status=203),
            "/wire": {"wire": [{"op": "write-raw-bytes", "data": b"raw"}, {"op": "close"}]},
            "/mapping": {"status": 206, "body": request.args.get("a")},
        }[request.path]

    server.mock(callback=answer, times="always")
    assert read(server, "/text") == b"text"
    assert read(server, "/bytes") == b"\xff"
    assert urlopen(server.url("/status")).status == 202
    assert urlopen(server.url("/response")).status == 203
    assert ask(server.port, get("/wire")) == b"raw"
    assert urlopen(server.url("/mapping?a=b")).read() == b"b"
    server.verify()
    with pytest.raises(HTTPError):
        read(server, "/none")
    with pytest.raises(UnmetError, match="callback raised KeyError"):
        server.verify()


def test_callbacks_may_wait_for_each_other(server):
    meet = threading.Barrier(3)

    def answer(request):
        meet.wait(30)
        return request.path

    server.mock(callback=answer, times="always")
    answers = []
    asking = [
        threading.Thread(target=lambda n=n: answers.append(read(server, f"/{n}")))
        for n in range(3)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    assert sorted(answers) == [b"/0", b"/1", b"/2"]


def test_faults_of_an_answer(server):
    server.mock("/reset", fault="reset")
    server.mock("/close", "0123456789", fault={"kind": "close", "at": {"bytes": 4}})
    server.mock("/short", "0123456789", fault="truncated_length")
    server.mock("/old", Response(data="0123456789"), fault={"kind": "reset", "at": "head"})
    with pytest.raises(ConnectionResetError):
        urlopen(server.url("/reset")).read()
    with pytest.raises(http.client.IncompleteRead) as error:
        read(server, "/close")
    assert error.value.partial == b"0123"
    with pytest.raises(http.client.IncompleteRead):
        read(server, "/short")
    answer = ask(server.port, get("/old"))
    assert answer.startswith(b"HTTP/1.0 200 OK\r\n") and answer.endswith(b"<reset>")


def test_faults_of_a_connection(server):
    server.mock(response="x", times="always")
    server.fail_connections("reset", times=2)
    for _ in range(2):
        with pytest.raises(OSError):
            read(server)
    assert read(server) == b"x"
    server.fail_connections({"kind": "tls_alert", "alert": 80})
    with pytest.raises(OSError, match="(?i)alert.internal.error"):
        urlopen(server.url(scheme="https"), context=server.ssl_context())


def test_tls_is_trusted(server):
    server.mock(response="secret", times="always")
    answer = urlopen(server.url("/x", "https"), context=server.ssl_context())
    assert answer.read() == b"secret"
    request = server.requests()[0]
    assert (request.scheme, request.tls["version"]) == ("https", "TLSv1.3")
    assert request.data == b""


def over_http_2(sock, method="GET"):
    """Head and body of an answer."""
    from h2.config import H2Configuration
    from h2.connection import H2Connection
    from h2.events import DataReceived, ResponseReceived, StreamEnded

    client = H2Connection(H2Configuration(header_encoding="utf-8"))
    client.initiate_connection()
    fields = [(":method", method), (":path", "/2"), (":scheme", "http"), (":authority", "a")]
    client.send_headers(1, fields, end_stream=True)
    events = []
    while not any(isinstance(event, StreamEnded) for event in events):
        sock.sendall(client.data_to_send())
        some = sock.recv(65536)
        assert some
        events += client.receive_data(some)
    sock.close()
    (head,) = (dict(each.headers) for each in events if isinstance(each, ResponseReceived))
    body = b"".join(each.data for each in events if isinstance(each, DataReceived))
    return head, body


def test_http_2_on_the_same_ports(server):
    pytest.importorskip("h2")
    server.add_response(Response(data="two", headers={"Foo": "Bar"}), count=2)

    def plain(port=server.port):
        return socket.create_connection(("127.0.0.1", port), timeout=30)

    port = int(server.url(scheme="https").rpartition(":")[2].strip("/"))
    context = server.ssl_context(["h2"])
    secure = context.wrap_socket(plain(port), server_hostname="127.0.0.1")
    for sock in (plain(), secure):
        head, body = over_http_2(sock)
        assert (head[":status"], head["foo"], body) == ("200", "Bar", b"two")
        assert head["listen-port"] == str(server.port)
    head, body = over_http_2(plain())
    assert (head[":status"], body) == ("555", b"No response available")
    head, body = over_http_2(plain(), "BREW")
    assert (head[":status"], b"Unsupported method ('BREW')" in body) == ("501", True)
    # The name is as long.
    only_head, body = over_http_2(plain(), "HEAD")
    assert (only_head["content-length"], body) == (head["content-length"], b"")
    assert {request.protocol for request in server.requests()} == {"HTTP/2.0"}


def test_operations_on_the_wire(server):
    server.mock("/w", wire=[
        "read-body",
        {"op": "write-headers", "status": 200, "headers": [("A", "b"), ("Content-Length", "2")]},
        {"op": "sleep", "seconds": 0.01},
        {"op": "write-data", "data": b"\xff\xfe", "end": True},
    ])
    assert read(server, "/w", b"body") == b"\xff\xfe"
    assert server.get_request().data == b"body"


def test_expectations_name_the_closest_miss(server):
    server.verify()
    server.mock({"method": "POST", "path": "/users"}, "x", expect=1)
    server.mock("/other", "x", expect=(0, 1))
    with pytest.raises(HTTPError):
        read(server, "/users")
    with pytest.raises(UnmetError) as error:
        server.verify()
    expected, unmatched = str(error.value).splitlines()
    assert "the method is \"POST\"" in expected and "exactly 1" in expected
    assert unmatched.startswith("nothing answered GET /users")
    assert 'it is "GET"' in unmatched
    server.reset()
    server.verify()


def test_a_method_that_test_server_has_not_can_be_mocked(server):
    server.mock("HEAD /x", {"headers": {"X": "y"}})
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("HEAD", "/x")
    assert connection.getresponse().headers["X"] == "y"
    assert (server.request.method, server.num_req_processed) == ("HEAD", 1)
    connection.close()


def test_what_is_not_matched_may_be_answered_otherwise(server):
    server.set_unmatched(404)
    assert b" 404 " in ask(server.port, get("/", "Connection: close"))
    server.set_unmatched()
    assert b" 555 " in ask(server.port, get())


def test_the_frames_of_a_server_that_keeps_them():
    with TestServer(wire=True) as server:
        server.mock(response="x")
        read(server, "/seen")
        lines = [json.loads(line) for line in server.wire_journal()]
        assert any("/seen" in json.dumps(line) for line in lines)


def test_what_the_host_refuses_is_told(server):
    with pytest.raises(TestServerError, match="colour"):
        server.mock({"colour": "red"}, "x")
    with pytest.raises(ValueError, match="one of response"):
        server.mock(response="x", handler="y")
    with pytest.raises(TestServerError, match="not been started"):
        TestServer().mock(response="x")


def test_a_form_with_an_empty_field(server):
    """test_server answers this with 555."""
    server.add_response(Response())
    ask(server.port, form(b'Content-Disposition: form-data; name="a"\r\n\r\n'))
    (part,) = server.get_request().files["a"]
    assert part["content"] == ""


def test_a_context_that_does_not_trust_it_does_not(server):
    with pytest.raises(OSError) as error:
        urlopen(server.url(scheme="https"), context=ssl.create_default_context())
    assert "CERTIFICATE_VERIFY_FAILED" in str(error.value)


def test_responses_are_taken_as_they_would_be_given(server):
    from host_test_server import NoResponseError

    any_of_two, own, last = Response(data="1"), Response(data="2"), Response(data="3")
    server.add_response(any_of_two, count=2)
    server.add_response(last, count=-1)
    server.add_response(own, method="get")
    assert server.get_response("get") is own
    assert server.get_response("get") is any_of_two
    assert urlopen(server.url()).read() == b"1"
    assert server.get_response("post") is server.get_response("get") is last
    server.reset()
    with pytest.raises(NoResponseError, match="No response available"):
        server.get_response("get")


def test_requests_and_counts_can_be_said(server):
    from http.cookies import SimpleCookie

    from host_test_server import Request

    said = Request({}, "", SimpleCookie(), b"", {}, {}, "GET", "/said")
    server.add_request(said)
    assert server.get_request() is said
    server.num_req_processed += 1
    assert server.request_is_done()
    server.num_req_processed = 0
    assert not server.request_is_done()


def test_a_folder_answers_what_no_mock_does(tmp_path):
    (tmp_path / "a.txt").write_text("of the folder", encoding="utf-8")
    with TestServer(plugins=str(tmp_path)) as server:
        assert read(server, "/a.txt") == b"of the folder"
        server.mock("/a.txt", "of the mock")
        assert read(server, "/a.txt") == b"of the mock"
        assert [request.mock for request in server.requests()] == [None, 1]
        assert server.num_req_processed == 2
        server.verify()


def test_handlers_are_given_by_name(server):
    server.put_handler("broken", b"this is no component")
    server.mock("/broken", handler="broken")
    server.mock("/none", handler="none")
    answer = ask(server.port, get("/broken", "Connection: close"))
    assert answer.startswith(b"HTTP/1.1 500 ") and b"not a wasm component" in answer
    answer = ask(server.port, get("/none", "Connection: close"))
    assert answer.startswith(b"HTTP/1.1 555 ") and b'no handler "none"' in answer
    with pytest.raises(TestServerError):
        server.put_handler("../up", b"")


def test_a_request_whose_callback_sleeps_is_not_told_of_yet(server, monkeypatch):
    from types import SimpleNamespace

    from host_test_server import RequestNotProcessedError
    from host_test_server import server as module

    asleep, awake = threading.Event(), threading.Event()

    def sleep(seconds):
        assert seconds == 7
        asleep.set()
        assert awake.wait(30)

    monkeypatch.setattr(module, "time", SimpleNamespace(sleep=sleep))
    server.add_response(Response(sleep=7, callback=lambda: {"type": "response"}))
    asking = threading.Thread(target=read, args=(server,))
    asking.start()
    assert asleep.wait(30)
    assert not server.request_is_done()
    with pytest.raises(RequestNotProcessedError):
        server.get_request()
    awake.set()
    asking.join()
    assert server.get_request().path == "/"
