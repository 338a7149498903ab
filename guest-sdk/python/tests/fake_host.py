"""host's side of the contract, small enough to run scripts under any CPython.

What is set and written is kept, and comes out as the answer that a client would see.
The types are those of the generated bindings, which must be importable.
"""

import base64
import email.parser
import email.policy
import io
import re
import uuid
from http.client import HTTPResponse
from urllib.parse import parse_qsl

from componentize_py_types import Err
from wit_world.imports import config, log, request, response, stash, types, writer


class Request(request.Request):
    def __init__(self, method, target, fields, body, address):
        self._method, self._target, self._body = method, target, body
        self._fields, self._address = fields, address
        self._input = Input(body)

    def method(self):
        return self._method

    def target(self):
        return self._target.encode("latin-1")

    def url(self):
        return "http://%s:%d%s" % (*self._address, self._target)

    def url_base(self):
        return "/"

    def route_match(self):
        return []

    def request_line(self):
        return ("%s %s HTTP/1.1\r\n" % (self._method, self._target)).encode()

    def protocol(self):
        return types.Protocol.HTTP11

    def stream_id(self):
        return 0

    def client_address(self):
        return request.SocketAddress("127.0.0.1", 1)

    def headers(self):
        return [(n.encode("latin-1"), v.encode("latin-1")) for n, v in self._fields]

    def _field(self, name):
        return next((v for n, v in self._fields if n.lower() == name), "")

    def query(self):
        return _pairs(self._target.partition("?")[2])

    def cookies(self):
        pairs = (p.strip().partition("=") for p in self._field("cookie").split(";") if p)
        return [(n.encode("latin-1"), v.encode("latin-1")) for n, _, v in pairs]

    def authorization(self):
        scheme, _, data = self._field("authorization").partition(" ")
        if scheme != "Basic":
            return None
        return request.BasicCredentials(*base64.b64decode(data).split(b":", 1))

    def body(self):
        return self._body

    def raw_input(self):
        return self._input

    def form(self):
        kind = self._field("content-type")
        if kind.startswith("multipart/"):
            return list(self._parts(kind))
        if kind in ("", "application/x-www-form-urlencoded"):
            return [request.FormPart(n, None, [], v)
                    for n, v in _pairs(self._body.decode("latin-1"))]
        return []

    def _parts(self, kind):
        head = ("Content-Type: %s\r\n\r\n" % kind).encode()
        parser = email.parser.BytesParser(policy=email.policy.HTTP)
        for part in parser.parsebytes(head + self._body).iter_parts():
            name = part.get_param("name", header="content-disposition").encode()
            filename = part.get_filename()
            fields = [(n.encode(), v.encode()) for n, v in part.items()]
            yield request.FormPart(name, filename and filename.encode(), fields,
                                   part.get_payload(decode=True))


def _pairs(text):
    pairs = parse_qsl(text, keep_blank_values=True, encoding="latin-1")
    return [(n.encode("latin-1"), v.encode("latin-1")) for n, v in pairs]


class Input(request.RawInput):
    def __init__(self, body):
        self._file, self._length = io.BytesIO(body), len(body)

    def read(self, max):
        return self._file.read(-1 if max is None else max)

    def read_line(self, max):
        return self._file.readline(-1 if max is None else max)

    def seek(self, offset):
        if offset > self._length:
            raise Err(types.BodyError_BeyondEnd(self._length))
        self._file.seek(offset)

    def tell(self):
        return self._file.tell()

    def length(self):
        return self._length


class Response(response.Response):
    """An answer. `raw` has what was written by HTTP/1's own functions."""

    def __init__(self, head_only):
        self.code, self.reason, self.fields, self.data = 200, None, [], b""
        self.pieces, self.raw, self.head_only = [], b"", head_only
        self._writer = Writer(self)

    def set_status(self, code, reason):
        self.code, self.reason = code, reason

    def set_headers(self, fields):
        self.fields = fields

    def set_content(self, content):
        self.data = content

    def set_add_required_headers(self, add):
        pass

    def set_close_connection(self, close):
        pass

    def set_send_body_for_head(self, send):
        self.head_only = self.head_only and not send

    def write_status_headers(self):
        pass

    def write_content(self, piece):
        self.pieces.append(piece)
        return not self.head_only

    def writer(self):
        return self._writer

    def answer(self):
        """Status, fields and content, as a client reads them."""
        if self.raw:
            return _parsed(self.raw)
        content = b"".join(self.pieces) or self.data
        return (self.code, self.reason and self.reason.decode("latin-1"),
                [(n.decode("latin-1"), v.decode("latin-1")) for n, v in self.fields],
                b"" if self.head_only else content)


class Writer(writer.Writer):
    def __init__(self, answer):
        self._answer = answer

    def write_data(self, item, last, stream_id):
        self._answer.pieces.append(item)

    def write(self, data):
        self._answer.raw += data

    def write_status(self, code, message):
        self.write(b"HTTP/1.1 %d %s\r\n" % (code, message or b"-"))

    def write_header(self, name, value):
        self.write(b"%s: %s\r\n" % (name, value))

    def end_headers(self):
        self.write(b"\r\n")


class _Socket:
    def __init__(self, data):
        self._data = data

    def makefile(self, mode):
        return io.BytesIO(self._data)


def _parsed(data):
    answer = HTTPResponse(_Socket(data))
    answer.begin()
    reason = None if answer.reason == "-" else answer.reason
    return answer.status, reason, answer.getheaders(), answer.read()


class Guard(stash.Guard):
    """The lock."""

    held = False

    def release(self):
        Guard.held = False


_values, _queues = {}, {}


def _place(key, path):
    try:
        return uuid.UUID(key), path
    except ValueError:
        raise Err(stash.StashError_InvalidKey("%s is no UUID" % key)) from None


def _put(key, value, path):
    place = _place(key, path)
    if place in _values:
        raise Err(stash.StashError_Occupied("there is a value under %s" % key))
    _values[place] = value


def _lock():
    if Guard.held:
        raise Err(stash.StashError_Locked())
    Guard.held = True
    return Guard()


def _receive(key, timeout, path):
    queue = _queues.get((key, path))
    return queue.pop(0) if queue else None


def install(address):
    """Puts these in the place of what host would link."""
    stash.put = _put
    stash.take = lambda key, path: _values.pop(_place(key, path), None)
    stash.lock = _lock
    stash.send = lambda key, message, path: _queues.setdefault((key, path), []).append(message)
    stash.receive = _receive
    config.get = lambda key: None
    config.listeners = lambda: [config.Listener("http", *address)]
    log.write = lambda level, message: None


def reason_is_default(reason):
    return reason is None or re.fullmatch(r"\s*", reason) is not None
