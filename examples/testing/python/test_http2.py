"""An HTTP/2 client against GOAWAY and refused streams, with the h2 package.

A stream that the server says it has not looked at may be sent again, whatever its
method: those above GOAWAY's last stream (RFC 9113 section 6.8), and those that were
reset with REFUSED_STREAM (section 8.7).
"""

import socket

import pytest

h2 = pytest.importorskip("h2")

from h2.config import H2Configuration  # noqa: E402
from h2.connection import H2Connection  # noqa: E402
from h2.errors import ErrorCodes  # noqa: E402
from h2.events import DataReceived, ResponseReceived, StreamEnded, StreamReset  # noqa: E402


# The type of the frame (RFC 9113 section 6.8).
GOAWAY = 0x7


# === the client


class NotProcessed(Exception):
    """The server says that it has not looked at the request."""


class Client:
    """One connection at a time, over TLS; a new one after GOAWAY."""

    def __init__(self, server):
        self.port = int(server.url(scheme="https").rpartition(":")[2].strip("/"))
        self.context = server.ssl_context(["h2"])
        self.connections = 0
        self.sock = None

    def get(self, path, tries=3):
        """Answers status and body."""
        for left in reversed(range(tries)):
            if self.sock is None:
                self.connect()
            try:
                return self.request(path)
            except NotProcessed:
                if not left:
                    raise
        raise AssertionError("tries is 1 or more")

    def connect(self):
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        self.sock = self.context.wrap_socket(plain, server_hostname="127.0.0.1")
        assert self.sock.selected_alpn_protocol() == "h2"
        self.h2 = H2Connection(H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.received = b""
        self.connections += 1

    def close(self):
        if self.sock is not None:
            self.sock.close()
            self.sock = None

    def request(self, path):
        stream = self.h2.get_next_available_stream_id()
        fields = [
            (":method", "GET"),
            (":scheme", "https"),
            (":authority", f"127.0.0.1:{self.port}"),
            (":path", path),
        ]
        self.h2.send_headers(stream, fields, end_stream=True)
        status, body, leaves = None, b"", False
        while True:
            self.sock.sendall(self.h2.data_to_send())
            frame = self.next_frame()
            if frame[3] == GOAWAY:
                # For h2 the connection is at its end then, and it would refuse what
                # still comes for this stream: so it is not told.
                leaves = True
                if int.from_bytes(frame[9:13], "big") < stream:
                    self.close()
                    raise NotProcessed(path)
                continue
            for event in self.h2.receive_data(frame):
                if isinstance(event, StreamReset):
                    if event.error_code == ErrorCodes.REFUSED_STREAM:
                        raise NotProcessed(path)
                    raise ConnectionError(f"reset: {event.error_code}")
                if isinstance(event, ResponseReceived):
                    status = int(dict(event.headers)[":status"])
                elif isinstance(event, DataReceived):
                    body += event.data
                    self.h2.acknowledge_received_data(event.flow_controlled_length, stream)
                elif isinstance(event, StreamEnded):
                    if leaves:
                        self.close()
                    return status, body

    def next_frame(self):
        """A whole frame: its length, 3 bytes; type, flags, stream; content."""
        while True:
            end = 9 + int.from_bytes(self.received[:3], "big")
            if len(self.received) >= max(9, end):
                frame, self.received = self.received[:end], self.received[end:]
                return frame
            data = self.sock.recv(65536)
            if not data:
                self.close()
                raise ConnectionError("the server has closed the connection")
            self.received += data


# === its tests


@pytest.fixture
def client(host_test_server):
    client = Client(host_test_server)
    yield client
    client.close()


def test_goaway_below_the_stream_is_tried_on_a_new_connection(host_test_server, client):
    host_test_server.mock("GET /a", fault={"kind": "goaway", "last_stream": 0})
    host_test_server.mock("GET /a", "answered")
    assert client.get("/a") == (200, b"answered")
    assert client.connections == 2
    # The server got it twice: on two connections, both times as their first stream.
    requests = host_test_server.requests()
    assert [request.stream for request in requests] == [1, 1]
    assert requests[0].connection != requests[1].connection


def test_goaway_above_the_stream_lets_it_finish(host_test_server, client):
    host_test_server.mock("GET /a", "answered", fault={"kind": "goaway", "at": "head"})
    host_test_server.mock("GET /b", "elsewhere")
    assert client.get("/a") == (200, b"answered")
    assert client.get("/b") == (200, b"elsewhere")
    assert client.connections == 2


def test_a_refused_stream_is_tried_again(host_test_server, client):
    host_test_server.mock("GET /a", fault="refused_stream", times=2)
    host_test_server.mock("GET /a", "answered")
    assert client.get("/a") == (200, b"answered")
    # Only the streams were refused: it is still the same connection.
    assert client.connections == 1
    assert [request.stream for request in host_test_server.requests()] == [1, 3, 5]


def test_another_reset_is_not(host_test_server, client):
    host_test_server.mock("GET /a", fault={"kind": "reset", "at": "head"}, expect=1)
    with pytest.raises(ConnectionError, match="reset"):
        client.get("/a")
