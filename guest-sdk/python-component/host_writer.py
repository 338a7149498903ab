"""The contract's writer with wptserve's defaults (`H2ResponseWriter`, `ResponseWriter`).

Names, values and content are bytes or text, which is UTF-8. A stream that is left out is
the request's own. What host refuses is `componentize_py_types.Err`.
"""

from wit_world.imports.frames import Priority
from wit_world.imports.writer import Huffman, Indexing


def as_bytes(value):
    return value.encode("utf-8") if isinstance(value, str) else bytes(value)


def _fields(headers):
    return [(as_bytes(name), as_bytes(value)) for name, value in headers]


def _optional(function, value):
    return None if value is None else function(value)


class Writer:
    """`Writer(response)`: writes at once, in the order of the calls."""

    def __init__(self, response):
        # The contract's own.
        self.raw = response.writer()

    # --- both protocols, checked ---

    def write_headers(self, headers, status_code, status_message=None, stream_id=None,
                      last=False):
        reason = _optional(as_bytes, status_message)
        self.raw.write_headers(_fields(headers), status_code, reason, stream_id, last)

    def write_data(self, item, last=False, stream_id=None):
        self.raw.write_data(as_bytes(item), last, stream_id)

    def write_data_frame(self, data, last=False, stream_id=None):
        self.raw.write_data_frame(as_bytes(data), last, stream_id)

    def write_trailers(self, headers, stream_id=None):
        self.raw.write_trailers(_fields(headers), stream_id)

    def end_stream(self, stream_id=None):
        self.raw.end_stream(stream_id)

    def reset_stream(self, code, stream_id=None):
        self.raw.reset_stream(code, stream_id)

    def flush(self):
        self.raw.flush()

    # --- HTTP/2, checked ---

    def write_push(self, promise_headers, push_stream_id=None, status=None,
                   response_headers=None, response_data=None):
        """The promised stream's id."""
        return self.raw.write_push(
            _fields(promise_headers), push_stream_id, status,
            _optional(_fields, response_headers), _optional(as_bytes, response_data))

    def ping(self, data):
        self.raw.ping(as_bytes(data))

    def window_update(self, increment, stream_id=None):
        self.raw.window_update(increment, stream_id)

    def priority(self, dependency, weight, exclusive=False, stream_id=None):
        self.raw.priority(Priority(dependency, weight, exclusive), stream_id)

    def set_padding(self, length=None):
        self.raw.set_padding(length)

    def set_header_coding(self, indexing=Indexing.AUTOMATIC, huffman=Huffman.AUTOMATIC):
        self.raw.set_header_coding(indexing, huffman)

    def encode_headers(self, headers):
        return self.raw.encode_headers(_fields(headers))

    def peer(self, stream_id=None):
        return self.raw.peer(stream_id)

    # --- HTTP/2, raw ---

    def goaway(self, last_stream_id=None, code=0, debug=b""):
        self.raw.goaway(last_stream_id, code, as_bytes(debug))

    def settings(self, settings):
        self.raw.settings(list(settings))

    def set_header_table_size(self, size):
        self.raw.set_header_table_size(size)

    def write_raw_header_frame(self, headers, stream_id=None, end_stream=False,
                               end_headers=False):
        self.raw.write_raw_header_frame(_fields(headers), stream_id, end_stream, end_headers)

    def write_raw_continuation_frame(self, headers, stream_id=None, end_headers=False):
        self.raw.write_raw_continuation_frame(_fields(headers), stream_id, end_headers)

    def write_raw_data_frame(self, data, stream_id=None, end_stream=False):
        self.raw.write_raw_data_frame(as_bytes(data), stream_id, end_stream)

    def write_raw_frame(self, type, flags, stream_id, payload=b""):
        self.raw.write_raw_frame(type, flags, stream_id, as_bytes(payload))

    # --- both protocols, raw ---

    def write_raw_bytes(self, data):
        self.raw.write_raw_bytes(as_bytes(data))

    def close(self):
        self.raw.close()

    def reset(self):
        self.raw.reset()

    # --- HTTP/1, raw ---

    def write_status(self, code, message=None):
        self.raw.write_status(code, _optional(as_bytes, message))

    def write_header(self, name, value):
        self.raw.write_header(as_bytes(name), as_bytes(value))

    def write_default_headers(self):
        self.raw.write_default_headers()

    def end_headers(self):
        self.raw.end_headers()

    def write_content(self, data):
        self.raw.write_content(as_bytes(data))

    def write_raw_content(self, data):
        self.raw.write_raw_content(as_bytes(data))

    def write(self, data):
        self.raw.write(as_bytes(data))
