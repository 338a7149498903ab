"""Sends requests, and reads what is compared of the answers."""

import re
import socket
import ssl

import h2.config
import h2.connection
import h2.events
import h2.exceptions
import h2.settings

AUTHORITY = "localhost:8000"
DEADLINE = 60  # seconds until a test gives up
# Seconds to wait for an answer that never comes: all that is compared is that.
SILENCE = 1
# More than any content here, and more than all of it.
STREAM_WINDOW, CONNECTION_WINDOW = 2**20, 2**30
UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Answer:
    """Status, fields and content, without what belongs to the connection."""

    CONNECTION = {"server", "date", "connection", "transfer-encoding"}

    def __init__(self, status, fields, body, ports=()):
        def normal(data):
            data = UUID.sub(b"UUID", data)
            for name, port in ports:
                data = re.sub(rb"\b%d\b" % port, name, data)
            return data

        self.status = status
        fields = [(name.lower(), normal(value.strip())) for name, value in fields]
        self.length = dict(fields).get(b"content-length")
        self.fields = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in fields
            if name.decode("latin-1") not in self.CONNECTION
        ]
        self.body = normal(body)

    def without(self, *names):
        """Status, fields but for these, and content."""
        fields = [pair for pair in self.fields if pair[0] not in names]
        return self.status, fields, self.body

    def __repr__(self):
        return f"{self.status} {self.fields} {self.body[:300]}"


class Nothing(Answer):
    """No answer: the connection or the stream ended, or nothing came."""

    def __init__(self, how):
        super().__init__(0, [], b"")
        self.how = how

    def __repr__(self):
        return f"nothing: {self.how}"


def named(ports):
    """The names that a server's own ports are compared by."""
    return [(b"PORT-" + name.encode(), port) for name, port in ports.items()]


class Http1:
    """A connection for each request or chain of requests."""

    def __init__(self, ports):
        self.port, self.named = ports["h1"], named(ports)

    def close(self):
        """Nothing is left open."""

    def ask(self, request):
        if request.raw is not None:
            return self.answers(self.exchange(request.raw), [""])[0]
        if request.chain:
            methods = [method for method, _, _ in request.chain]
            sent = b"".join(self.head(*one) for one in request.chain)
            return self.answers(self.exchange(sent), methods)
        fields = (*request.fields, ("Connection", "close"))
        sent = self.head(request.method, request.path, fields)
        return self.answers(self.exchange(sent), [request.method])[0]

    @staticmethod
    def head(method, path, fields):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {AUTHORITY}"]
        lines += [f"{name}: {value}" for name, value in fields]
        return "\r\n".join([*lines, "", ""]).encode()

    def exchange(self, sent):
        address = ("127.0.0.1", self.port)
        with socket.create_connection(address, timeout=DEADLINE) as connection:
            connection.sendall(sent)
            raw = received = receive(connection)
            # One who answers a wrong request and stays is told that it is over.
            connection.shutdown(socket.SHUT_WR)
            while received:
                received = receive(connection)
                raw += received
            return raw

    def answers(self, raw, methods):
        """The answers to requests of these methods."""
        answers = []
        for method in methods:
            if not raw.startswith(b"HTTP/"):
                answers.append(Nothing(raw or "closed"))
                continue
            head, _, raw = raw.partition(b"\r\n\r\n")
            first, *lines = head.split(b"\r\n")
            fields = [tuple(line.split(b":", 1)) for line in lines]
            answer = Answer(int(first.split(b" ")[1]), fields, b"", self.named)
            length = len(raw) if answer.length is None else int(answer.length)
            if method == "HEAD" or answer.status in (204, 304):
                length = 0
            if method == methods[-1] and len(answers) == len(methods) - 1:
                # Whatever more there is: it is seen.
                length = len(raw)
            content, raw = raw[:length], raw[length:]
            if (b"transfer-encoding", b"chunked") in [
                (n.lower(), v.strip()) for n, v in fields
            ]:
                content = unchunked(content)
            answers.append(Answer(answer.status, fields, content, self.named))
        return answers


def receive(connection):
    """What has come. wptserve writes a field at a time, each of which waits for
    the acknowledgement of the one before: so that is not put off."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
    return connection.recv(65536)


def unchunked(content):
    whole = b""
    while content:
        size, _, content = content.partition(b"\r\n")
        length = int(size, 16)
        whole, content = whole + content[:length], content[length + 2 :]
    return whole


class Http2:
    """One connection over TLS for all requests; a new one after an error."""

    def __init__(self, ports):
        self.port, self.named = ports["h2"], named(ports)
        self.socket = None

    def connect(self):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=DEADLINE)
        self.socket = context.wrap_socket(plain)
        config = h2.config.H2Configuration(
            validate_outbound_headers=False, normalize_outbound_headers=False
        )
        self.h2 = h2.connection.H2Connection(config)
        # Beyond its window wptserve writes empty frames without end, and each
        # window that is given back costs it a thread: so all is given at once.
        window = {h2.settings.SettingCodes.INITIAL_WINDOW_SIZE: STREAM_WINDOW}
        self.h2.initiate_connection()
        self.h2.update_settings(window)
        self.h2.increment_flow_control_window(CONNECTION_WINDOW)
        self.flush()

    def flush(self):
        self.socket.sendall(self.h2.data_to_send())

    def close(self):
        """With GOAWAY, without which wptserve occupies a processor for ever."""
        if self.socket is not None:
            try:
                self.h2.close_connection()
                self.flush()
            except (OSError, h2.exceptions.ProtocolError):
                pass
            self.socket.close()
            self.socket = None

    def ask(self, request):
        if self.socket is None:
            self.connect()
        stream = self.h2.get_next_available_stream_id()
        head = [
            (":method", request.method),
            (":scheme", "https"),
            (":authority", AUTHORITY),
            (":path", request.path),
            *((name.lower(), value) for name, value in request.fields),
        ]
        head = [(name.encode(), value.encode()) for name, value in head]
        self.h2.send_headers(stream, head, end_stream=True)
        self.flush()
        if request.silent:
            self.socket.settimeout(SILENCE)
        try:
            return self.answer(stream)
        except (OSError, h2.exceptions.ProtocolError) as error:
            self.close()
            return Nothing(repr(error))
        finally:
            if self.socket is not None:
                self.socket.settimeout(DEADLINE)

    def answer(self, stream):
        status, fields, body = 0, [], b""
        while True:
            received = receive(self.socket)
            if not received:
                raise ConnectionResetError("closed")
            events = self.h2.receive_data(received)
            for event in events:
                if isinstance(event, h2.events.ConnectionTerminated):
                    raise ConnectionResetError(f"GOAWAY {event.error_code}")
                if getattr(event, "stream_id", stream) != stream:
                    continue
                if isinstance(event, h2.events.ResponseReceived):
                    (_, status), *fields = event.headers
                elif isinstance(event, h2.events.DataReceived):
                    body += event.data
                elif isinstance(event, h2.events.StreamReset):
                    self.flush()
                    return Nothing(f"reset {event.error_code}")
                elif isinstance(event, h2.events.StreamEnded):
                    self.flush()
                    return Answer(int(status), fields, body, self.named)
            self.flush()
