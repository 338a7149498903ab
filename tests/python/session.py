"""A connection for the scripts here, on hyper-h2: one event at a time."""

import socket
import sys

import h2.config
import h2.connection
import h2.events
import h2.exceptions

DEADLINE = 60  # seconds until a test gives up


class Session:
    """A plaintext HTTP/2 connection with prior knowledge."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        config = h2.config.H2Configuration(client_side=True, header_encoding="latin-1")
        self.h2 = h2.connection.H2Connection(config)
        self.h2.initiate_connection()
        self.flush()
        self.events = []

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def request(self, path, *fields, method="POST", end=False):
        """Sends HEADERS; gives the stream."""
        stream = self.h2.get_next_available_stream_id()
        head = [
            (":method", method),
            (":scheme", "http"),
            (":authority", "test"),
            (":path", path),
        ]
        self.h2.send_headers(stream, head + list(fields), end_stream=end)
        self.flush()
        return stream

    def data(self, stream, content, end=False, pad=None):
        self.h2.send_data(stream, content, end_stream=end, pad_length=pad)
        self.flush()

    def next(self, *kinds):
        """The next event of these kinds; windows are given back on the way."""
        while True:
            while self.events:
                event = self.events.pop(0)
                if isinstance(event, h2.events.ConnectionTerminated):
                    fail(f"GOAWAY: {event}")
                if isinstance(event, kinds):
                    return event
            received = self.socket.recv(65536)
            if not received:
                fail(f"closed instead of {kinds}")
            self.events = self.h2.receive_data(received)
            for event in self.events:
                if isinstance(event, h2.events.DataReceived):
                    self.h2.acknowledge_received_data(
                        event.flow_controlled_length, event.stream_id
                    )
            self.flush()

    def response(self, stream):
        """The next head, which must be this stream's, by its fields' names."""
        return dict(self.head(stream))

    def head(self, stream):
        """The same with its fields in order."""
        event = self.next(h2.events.ResponseReceived, h2.events.StreamReset)
        expect(event.stream_id, stream)
        if isinstance(event, h2.events.StreamReset):
            fail(f"reset with code {event.error_code}")
        return event.headers

    def body(self, stream):
        """What is left of this stream's content."""
        content = b""
        kinds = (
            h2.events.DataReceived,
            h2.events.StreamEnded,
            h2.events.StreamReset,
        )
        while True:
            event = self.next(*kinds)
            expect(event.stream_id, stream)
            if isinstance(event, h2.events.DataReceived):
                content += event.data
            elif isinstance(event, h2.events.StreamReset):
                fail(f"reset with code {event.error_code}")
            else:
                return content


def expect(got, wanted):
    if got != wanted:
        fail(f"wanted {wanted!r}\ngot    {got!r}")


def fail(message):
    raise AssertionError(message)


def port():
    return int(sys.argv[1])
