"""What host's writers have beyond wptserve's: the rest of host's contract.

Functions that are raw need the tenant's grant, as wptserve's own raw ones.
"""

from wit_world.imports.frames import Priority
from wit_world.imports.writer import Huffman, Indexing

from .refusal import writing

# Types of frames, and a flag, that tell how far an answer is (RFC 9113 §6).
_DATA, _HEADERS, _RST_STREAM, _END_STREAM = 0x0, 0x1, 0x3, 0x1


class Extensions:
    """On both protocols. A writer brings `_host`, `_write`, `_begin` and `_fields`."""

    def write_trailers(self, headers, stream_id=None):
        """Writes trailer fields and ends the stream; on HTTP/1 behind the last chunk."""
        done = self._write(self._host.write_trailers, self._fields(headers), stream_id)
        self._ended(stream_id, True)
        return done

    def end_stream(self, stream_id=None):
        """Ends the stream, behind the response's head if none was written."""
        self._begin(stream_id)
        done = self._write(self._host.end_stream, stream_id)
        self._ended(stream_id, True)
        return done

    def reset_stream(self, code, stream_id=None):
        """Gives the stream up with an error code; on HTTP/1 the connection is reset."""
        done = self._write(self._host.reset_stream, code, stream_id)
        self._ended(stream_id, True)
        return done

    def flush(self):
        """Returns when all that was written has been handed to the socket."""
        writing(self._host.flush)

    def write_raw_bytes(self, data):
        """Writes bytes: on HTTP/1 anywhere, on HTTP/2 in a frame or between frames. Raw."""
        return self._write(self._host.write_raw_bytes, self.encode(data))

    def close(self):
        """Closes our side of the connection (FIN) behind what was written. Raw."""
        done = self._write(self._host.close)
        self._ended(None, True)
        return done

    def reset(self):
        """Drops the connection (RST) behind what was written. Raw."""
        done = self._write(self._host.reset)
        self._ended(None, True)
        return done


class H2Extensions(Extensions):
    """On HTTP/2. What these write beside the answer leaves it to `response`."""

    def ping(self, data):
        """Writes a PING of 8 bytes; the client's answer is a frame for `handle_frame`."""
        writing(self._host.ping, self.encode(data))

    def window_update(self, increment, stream_id=None):
        """Lets the client send so many bytes more. Raw on stream 0, the connection."""
        writing(self._host.window_update, increment, stream_id)

    def priority(self, dependency, weight, exclusive=False, stream_id=None):
        """Writes a PRIORITY frame; `weight` is its byte, 0 to 255."""
        writing(self._host.priority, Priority(dependency, weight, exclusive), stream_id)

    def set_padding(self, length=None):
        """Pads HEADERS, PUSH_PROMISE and DATA frames from now on by so many bytes."""
        writing(self._host.set_padding, length)

    def set_header_coding(self, indexing="automatic", huffman="automatic"):
        """How header blocks are coded from now on (RFC 7541).

        `indexing` is "automatic", "incremental", "without" or "never", `huffman`
        "automatic", "always" or "never".
        """
        writing(self._host.set_header_coding, Indexing[indexing.upper()],
                Huffman[huffman.upper()])

    def encode_headers(self, headers):
        """Fields as a header block for `write_raw_frame`; writes nothing."""
        return writing(self._host.encode_headers, self._fields(headers))

    def peer(self, stream_id=None):
        """What the client has said of itself, and the windows that are left."""
        return writing(self._host.peer, stream_id)

    def goaway(self, last_stream_id=None, code=0, debug=b""):
        """Ends the connection (GOAWAY), by default behind the client's last stream. Raw."""
        writing(self._host.goaway, last_stream_id, code, self.encode(debug))

    def settings(self, settings):
        """Writes SETTINGS: pairs of an identifier and a value. Raw."""
        writing(self._host.settings, list(settings))

    def set_header_table_size(self, size):
        """Sets the size of the dynamic table, which the next header block says. Raw."""
        writing(self._host.set_header_table_size, size)

    def write_raw_frame(self, type, flags, stream_id, payload=b""):
        """Writes any frame, known or not, of up to 2^24-1 bytes. Raw."""
        arguments = (type, flags, stream_id, self.encode(payload))
        if stream_id != self.request.h2_stream_id:
            # The answer is still to be written.
            writing(self._host.write_raw_frame, *arguments)
            return
        self._write(self._host.write_raw_frame, *arguments)
        ends = type in (_DATA, _HEADERS) and flags & _END_STREAM
        self._ended(stream_id, ends or type == _RST_STREAM)
