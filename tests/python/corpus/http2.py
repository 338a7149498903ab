"""A client of HTTP/2 over TLS that sees frames, not what a state machine allows."""

import socket
import ssl
import time

from hpack import Decoder, Encoder, HPACKError
from hyperframe.frame import (
    DataFrame,
    Frame,
    GoAwayFrame,
    HeadersFrame,
    PingFrame,
    RstStreamFrame,
    SettingsFrame,
    WindowUpdateFrame,
)

from .answer import Answer
from .http1 import AUTHORITY, DEADLINE, SILENCE

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# More than any content here: beyond its window wptserve writes empty frames without
# end, and each window that is given back costs it a thread.
STREAM_WINDOW, CONNECTION_WINDOW = 2**20, 2**30
# What every server takes (RFC 9113 section 4.2).
MAX_FRAME = 16384


def framed(pieces):
    """A frame for each piece, and more for one that is too large."""
    for piece in pieces:
        for start in range(0, len(piece) or 1, MAX_FRAME):
            yield piece[start : start + MAX_FRAME]


class Http2:
    """One connection; its requests go one after the other."""

    def __init__(self, port, kept=False):
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.socket = context.wrap_socket(plain)
        self.encoder, self.decoder = Encoder(), Decoder()
        self.buffer, self.frames, self.stream = b"", [], -1
        window = {SettingsFrame.INITIAL_WINDOW_SIZE: STREAM_WINDOW}
        begin = SettingsFrame(0, settings=window)
        more = WindowUpdateFrame(0, window_increment=CONNECTION_WINDOW)
        self.socket.sendall(PREFACE + begin.serialize() + more.serialize())

    def send(self, ask, patient):
        self.stream += 2
        self.frames, self.method, self.shaped = [], ask.method, ask.frames
        self.wait = SILENCE if ask.silent and not patient else DEADLINE
        # Also where it goes on without an end, as wptserve does behind an error of the
        # connection.
        self.end = time.monotonic() + self.wait
        head = [
            (":method", ask.method),
            (":scheme", "https"),
            (":authority", AUTHORITY),
            (":path", ask.path),
            *((name.lower(), value) for name, value in ask.fields),
        ]
        if ask.body is not None:
            head.append(("content-length", str(sum(map(len, ask.body)))))
        sent = [self.headers(head)]
        sent += [DataFrame(self.stream, data=data) for data in framed(ask.body or ())]
        if ask.trailers:
            sent.append(self.headers(ask.trailers))
        sent[-1].flags.add("END_STREAM")
        self.socket.sendall(b"".join(frame.serialize() for frame in sent))

    def headers(self, pairs):
        pairs = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in pairs]
        frame = HeadersFrame(self.stream, data=self.encoder.encode(pairs))
        frame.flags.add("END_HEADERS")
        return frame

    def see(self, wanted):
        """Reads until this has come as content, or the end; says which."""
        while not any(kind == "DATA" and wanted in data for kind, _, _, data in self.frames):
            if not self.read():
                return False
        return True

    def ended(self):
        """Whether no more is to come on the stream of the request."""
        return any(
            kind == "RST_STREAM" or "END_STREAM" in flags
            for kind, stream, flags, _ in self.frames
            if stream == self.stream
        )

    def read(self):
        """Takes what comes; says whether the connection goes on."""
        if time.monotonic() > self.end:
            raise TimeoutError
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        received = self.socket.recv(65536)
        self.buffer += received
        while len(self.buffer) >= 9:
            frame, length = Frame.parse_frame_header(memoryview(self.buffer[:9]))
            if len(self.buffer) < 9 + length:
                break
            frame.parse_body(memoryview(self.buffer[9 : 9 + length]))
            self.buffer = self.buffer[9 + length :]
            self.take(frame)
        return bool(received)

    def take(self, frame):
        kind = type(frame).__name__.removesuffix("Frame")
        if isinstance(frame, (SettingsFrame, PingFrame)):
            if "ACK" not in frame.flags:
                reply = type(frame)(0, flags=["ACK"])
                if isinstance(frame, PingFrame):
                    reply.opaque_data = frame.opaque_data
                self.socket.sendall(reply.serialize())
        elif isinstance(frame, GoAwayFrame):
            self.frames.append(("RST_STREAM", self.stream, (), b"GOAWAY"))
        elif isinstance(frame, RstStreamFrame):
            self.frames.append(("RST_STREAM", frame.stream_id, (), b"%d" % frame.error_code))
        elif kind in ("Data", "Headers", "Continuation", "PushPromise"):
            name = {"PushPromise": "PUSH_PROMISE"}.get(kind, kind.upper())
            flags = tuple(sorted({"END_STREAM", "END_HEADERS"} & set(frame.flags)))
            data = frame.data
            if kind == "PushPromise":
                data = frame.promised_stream_id.to_bytes(4, "big") + data
            self.frames.append((name, frame.stream_id, flags, data))

    def answer(self, names):
        self.socket.settimeout(self.wait)
        how = "whole"
        try:
            while not self.ended():
                if not self.read():
                    how = "cut"
                    break
        except TimeoutError:
            how = "silent"
        except OSError:
            how = "cut"
        return self.parsed(names, how)

    def until_the_end(self):
        """Frames without those behind a stream's end: nobody waits for them."""
        ended = set()
        for kind, stream, flags, data in self.frames:
            if stream not in ended:
                yield kind, stream, flags, data
            if "END_STREAM" in flags:
                ended.add(stream)

    def parsed(self, names, how):
        answers, shape, open_block = {self.stream: Answer(ended=how)}, [], None
        for kind, stream, flags, data in self.until_the_end():
            if kind == "DATA":
                answers.setdefault(stream, Answer()).body += data
                shape.append((kind, flags, len(data)))
                continue
            if kind == "RST_STREAM":
                answers.setdefault(stream, Answer()).ended = "cut"
                shape.append((kind, data.decode()))
                continue
            if kind == "CONTINUATION" and open_block is not None:
                open_block = (*open_block[:3], open_block[3] + data)
            else:
                open_block = (kind, stream, flags, data)
            shape.append((kind, flags))
            if "END_HEADERS" in flags:
                self.block(answers, open_block, names)
                open_block = None
        answer = answers.pop(self.stream)
        answer.body = names.plain(answer.body)
        answer.pushed = [vars(pushed) for _, pushed in sorted(answers.items())]
        answer.frames = shape if self.shaped else None
        return answer

    def block(self, answers, block, names):
        """A list of fields: interim, a head, trailers, or a promise."""
        kind, stream, _, data = block
        promised = None
        if kind == "PUSH_PROMISE":
            promised, data = int.from_bytes(data[:4], "big"), data[4:]
        try:
            pairs = self.decoder.decode(data, raw=True)
        except HPACKError:
            answers[stream].ended = "unreadable"
            return
        pairs = [(bytes(name), bytes(value)) for name, value in pairs]
        status = int(dict(pairs).get(b":status", b"0"))
        fields = names.fields(pair for pair in pairs if pair[0] != b":status")
        if promised is not None:
            answers[promised] = Answer(trailers=[("promise", fields)])
            return
        answer = answers.setdefault(stream, Answer())
        if 100 <= status < 200:
            answer.interim.append((status, fields))
        elif answer.status == 0:
            answer.status, answer.fields = status, fields
        else:
            answer.trailers += [*fields, *([(":status", str(status))] if status else [])]

    def close(self):
        """With GOAWAY, without which wptserve occupies a processor for ever."""
        try:
            self.socket.sendall(GoAwayFrame(0).serialize())
        except OSError:
            pass
        self.socket.close()
