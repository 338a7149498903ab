"""A client of HTTP/1.1 that reads all that comes."""

import re
import socket

from .answer import Answer

DEADLINE = 60  # seconds until a test gives up
# Seconds to wait for an answer that never comes: all that is compared is that.
SILENCE = 1
AUTHORITY = "localhost:8000"


class Http1:
    """One connection. Unless it is `kept`, the server is asked to close it, so that
    what comes behind the answer is seen too."""

    def __init__(self, port, kept=False):
        self.kept = kept
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self.raw, self.method = b"", "GET"

    def send(self, ask, patient):
        self.method, self.wait = ask.method, DEADLINE
        if ask.silent and not patient:
            self.wait = SILENCE
        fields = [("Host", AUTHORITY), *ask.fields]
        if not any(name.lower() == "connection" for name, _ in fields) and not self.kept:
            fields.append(("Connection", "close"))
        body = b"".join(ask.body or ())
        if ask.body is not None:
            fields.append(("Content-Length", str(len(body))))
        lines = [f"{ask.method} {ask.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in fields]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def see(self, wanted):
        """Reads until this is there, or the end; says which."""
        while wanted not in self.raw:
            if not self.read():
                return False
        return True

    def read(self):
        # wptserve writes a field at a time, and each waits for the acknowledgement of
        # the one before: so that is not put off.
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
        try:
            received = self.socket.recv(65536)
        except ConnectionResetError:
            received = b""
        self.raw += received
        return bool(received)

    def answer(self, names):
        self.socket.settimeout(self.wait)
        ended = "whole"
        try:
            while not (self.kept and self.complete()):
                if not self.read():
                    break
        except TimeoutError:
            ended = "silent"
        return self.parsed(names, ended)

    def complete(self):
        """Whether an answer with a known length is there."""
        head, found, rest = self.raw.partition(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
        if not found:
            return False
        if b"\r\ntransfer-encoding: chunked" in head.lower():
            return rest.endswith(b"0\r\n\r\n")
        bare = self.method == "HEAD" or head[9:12] in (b"204", b"304")
        return bare or length is not None and len(rest) >= int(length[1])

    def parsed(self, names, ended):
        answer, raw, self.raw = Answer(ended=ended), self.raw, b""
        while True:
            head, found, rest = raw.partition(b"\r\n\r\n")
            line = re.match(rb"HTTP/1\.[01] (\d{3})(?: (.*))?$", head.partition(b"\r\n")[0])
            if not found or line is None:
                if ended == "whole":
                    answer.ended = "unreadable" if raw else "cut"
                answer.body = names.plain(raw)
                return answer
            pairs = [tuple(one.split(b":", 1)) for one in head.split(b"\r\n")[1:] if b":" in one]
            pairs = [(name, value.strip(b" \t")) for name, value in pairs]
            status, reason = int(line[1]), (line[2] or b"").decode("latin-1")
            if status >= 200:
                break
            answer.interim.append((status, names.fields(pairs)))
            raw = rest
        answer.status, answer.reason = status, reason
        answer.fields = names.fields(pairs)
        known = {name.lower(): value for name, value in pairs}
        if known.get(b"transfer-encoding") == b"chunked" and self.method != "HEAD":
            rest, trailers, whole = unchunked(rest)
            answer.trailers = names.fields(trailers)
            answer.ended = answer.ended if whole else "cut"
        elif self.method != "HEAD" and status not in (204, 304):
            if len(rest) < int(known.get(b"content-length", b"0")):
                answer.ended = "cut" if ended == "whole" else ended
        answer.body = names.plain(rest)
        return answer

    def close(self):
        self.socket.close()


def unchunked(rest):
    """Content, trailers, and whether the last chunk is there."""
    body = b""
    while True:
        size, found, behind = rest.partition(b"\r\n")
        if not found or not re.fullmatch(rb"[0-9a-fA-F]+", size):
            return body + rest, [], False
        length = int(size, 16)
        if length == 0:
            lines = behind.split(b"\r\n")
            pairs = [tuple(one.split(b":", 1)) for one in lines if b":" in one]
            return body, [(name, value.strip()) for name, value in pairs], True
        if len(behind) < length + 2:
            return body + behind, [], False
        body, rest = body + behind[:length], behind[length + 2 :]
