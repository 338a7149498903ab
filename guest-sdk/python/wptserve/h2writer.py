"""Control of what is written on HTTP/2 (wptserve's `H2ResponseWriter`).

Raw functions need the tenant's grant. Without it, an interim head or trailers that a
checked function writes alike are still written, by that one.
"""

from .extensions import H2Extensions
from .refusal import NotGranted, writing

# wptserve's name for the frame that `write_raw_header_frame` is to write.
HEADERS, CONTINUATION = "HEADERS", "CONTINUATION"

# What HTTP/2 has no place for (RFC 9113 §8.2.2).
_OF_CONNECTION = (b"connection", b"proxy-connection", b"keep-alive", b"transfer-encoding",
                  b"upgrade")


class H2ResponseWriter(H2Extensions):
    """Writes frames at once, in the order of the calls."""

    def __init__(self, response):
        self._response = response
        self.request = response.request
        self.logger = response.logger
        self.stream_ended = False
        self.content_written = False
        # The request's own stream has its final head.
        self._headed = False

    def bind(self, host):
        """Takes the host's response of the hook that runs now."""
        self._answer = host
        self._writer = None

    @property
    def _host(self):
        if self._writer is None:
            self._writer = self._answer.writer()
        return self._writer

    def _write(self, function, *arguments):
        self.content_written = True
        return writing(function, *arguments)

    def write_head(self):
        """Writes the response's status and fields."""
        self._response.hand_head_over()
        # For its Content-Length, which is part of the head.
        self._response.hand_whole_content_over()
        self._headed = True
        writing(self._answer.write_status_headers)

    def write_interim(self):
        """Writes the response's status, below 200, and fields."""
        self.write_headers(self._response.headers, self._response.status[0])

    def write_headers(self, headers, status_code, status_message=None, stream_id=None,
                      last=False):
        """Writes a head; one of HEAD ends the stream."""
        is_final = int(status_code) >= 200
        ends = last or (is_final and self.request.method == "HEAD")
        fields = sendable(self._fields(headers))
        self._write(self._host.write_headers, fields, int(status_code), None, stream_id, ends)
        if self._is_own(stream_id):
            self._headed = self._headed or is_final
            self.stream_ended = self.stream_ended or ends

    def write_data(self, item, last=False, stream_id=None):
        """Writes text, bytes or a file that can be sought, as the windows allow."""
        if not isinstance(item, (str, bytes)):
            item.seek(0)
            item = item.read()
        self._begin(stream_id)
        self._write(self._host.write_data, self.encode(item), last, stream_id)
        self._ended(stream_id, last)

    def write_data_frame(self, data, last, stream_id=None):
        """Writes one DATA frame."""
        self._begin(stream_id)
        self._write(self._host.write_data_frame, self.encode(data), last, stream_id)
        self._ended(stream_id, last)

    def write_push(self, promise_headers, push_stream_id=None, status=None,
                   response_headers=None, response_data=None):
        """Promises an answer and, with a status and fields, writes it; its stream's id."""
        if response_headers is not None:
            assert status is not None, "a pushed answer needs a status"
        else:
            status = None
        return self._write(
            self._host.write_push, sendable(self._fields(promise_headers)), push_stream_id,
            status,
            None if response_headers is None else sendable(self._fields(response_headers)),
            None if response_data is None else self.encode(response_data))

    def write_raw_header_frame(self, headers, stream_id=None, end_stream=False,
                               end_headers=False, frame_cls=HEADERS):
        """Writes a HEADERS frame whatever the stream's state, the fields as they are."""
        fields = self._fields(headers)
        if getattr(frame_cls, "__name__", frame_cls) in (CONTINUATION, "ContinuationFrame"):
            self._write(self._host.write_raw_continuation_frame, fields, stream_id or None,
                        end_headers)
            return
        try:
            self._write(self._host.write_raw_header_frame, fields, stream_id or None,
                        end_stream, end_headers)
        except NotGranted:
            if not (end_headers and self._write_checked(fields, stream_id, end_stream)):
                raise
        self._ended(stream_id, end_stream)

    def _write_checked(self, fields, stream_id, end_stream):
        """Writes an interim head or trailers, if the fields are as they would be."""
        status, rest = None, fields
        if fields and fields[0][0] == b":status":
            status, rest = fields[0][1], fields[1:]
        is_plain = sendable(rest) == rest and not any(n.startswith(b":") for n, _ in rest)
        if not is_plain or not self._is_own(stream_id):
            return False
        is_interim = status is not None and len(status) == 3 and status.startswith(b"1")
        if is_interim and not self._headed and not end_stream:
            self._write(self._host.write_headers, rest, int(status), None, None, False)
        elif status is None and self._headed and end_stream:
            self._write(self._host.write_trailers, rest, None)
        else:
            return False
        return True

    def write_raw_data_frame(self, data, stream_id=None, end_stream=False):
        """Writes a DATA frame whatever the stream's state and windows."""
        self._write(self._host.write_raw_data_frame, self.encode(data), stream_id or None,
                    end_stream)
        self._ended(stream_id, end_stream)

    def write_raw_continuation_frame(self, headers, stream_id=None, end_headers=False):
        """Writes a CONTINUATION frame, likewise."""
        self.write_raw_header_frame(headers, stream_id=stream_id, end_headers=end_headers,
                                    frame_cls=CONTINUATION)

    def get_max_payload_size(self, stream_id=None):
        """Bytes that wptserve would put into a DATA frame now."""
        peer = writing(self._host.peer, stream_id)
        window = min(peer.connection_window, peer.stream_window)
        return min(peer.max_frame_size, window) - 9

    def write(self, connection):
        """Returns when all that was written has been handed to the socket.

        In wptserve this takes hyper-h2's connection; content is for `write_data`.
        """
        if isinstance(connection, (bytes, str)):
            raise AttributeError("on HTTP/2, write content by write_data")
        self._write(self._host.flush)

    def write_raw(self, raw_data):
        """Writes bytes, inside a frame or between frames."""
        self.write_raw_bytes(raw_data)

    def _begin(self, stream_id):
        """Hands the head over, which host writes before the first content."""
        if self._is_own(stream_id) and not self._headed:
            self._response.hand_head_over()
            self._headed = True

    def _is_own(self, stream_id):
        return not stream_id or stream_id == self.request.h2_stream_id

    def _ended(self, stream_id, last):
        if last and self._is_own(stream_id):
            self.stream_ended = True

    def _fields(self, headers):
        """Fields as bytes, as hyper-h2 takes them: text is UTF-8, all else `str()`."""
        return [(_text(name), _text(value)) for name, value in headers]

    def decode(self, data):
        """Bytes as text, in the response's encoding."""
        if isinstance(data, bytes):
            return data.decode(self._response.encoding)
        if isinstance(data, str):
            return data
        raise ValueError(type(data))

    def encode(self, data):
        """Text as bytes, in the response's encoding."""
        if isinstance(data, bytes):
            return data
        if isinstance(data, str):
            return data.encode(self._response.encoding)
        raise ValueError("data %r should be text or binary, but is %s" % (data, type(data)))

    def encode_value(self, value):
        """A field's value as bytes."""
        return _text(value)


def sendable(fields):
    """Fields as hyper-h2 sends them: trimmed, and without those of a connection."""
    trimmed = ((name.strip().lower(), value.strip()) for name, value in fields)
    return [(name, value) for name, value in trimmed if name not in _OF_CONNECTION]


def _text(value):
    return value if isinstance(value, bytes) else str(value).encode()
