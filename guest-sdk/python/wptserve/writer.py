"""Control of what is written on HTTP/1 (wptserve's `ResponseWriter`).

Where a script sends its head by `response.write_status_headers` and then content, host
frames that content: in chunks unless there is a Content-Length. Every tenant may do
that. A script that writes lines and bytes itself, or sets Transfer-Encoding and so
frames the content itself, uses host's raw functions, for which the tenant needs a grant.
"""

from .extensions import Extensions
from .refusal import Gone, writing
from .request_handler import RequestHandler
from .utils import isomorphic_encode


class ResponseWriter(Extensions):
    """Writes to the client at once, in the order of the calls."""

    def __init__(self, response):
        self._response = response
        self.request = response.request
        self.content_written = False
        self.file_chunk_size = 32 * 1024
        self.default_status = 200
        self._status_written = False
        self._headers_complete = False
        # Host has written the head, and frames the content.
        self._framed = False
        self._handler = RequestHandler(response)

    def bind(self, host):
        """Takes the host's response of the hook that runs now."""
        self._answer = host
        self._writer = None

    @property
    def _host(self):
        if self._writer is None:
            self._writer = self._answer.writer()
        return self._writer

    def write_head(self):
        """Writes the response's status and fields."""
        response = self._response
        fields = response.encoded_headers()
        framed_by_script = any(name.lower() == b"transfer-encoding" for name, _ in fields)
        if self.content_written or framed_by_script:
            self.write_status(*response.status)
            for name, value in fields:
                self.write_header(name, value)
            self.end_headers()
            return
        response.hand_head_over(self._length(fields))
        response.hand_whole_content_over()
        self._framed = self._status_written = self._headers_complete = True
        self._try(self._answer.write_status_headers)

    def _length(self, fields):
        """The Content-Length that a head has where the content is there already."""
        content = self._response.content
        is_known = isinstance(content, (str, bytes)) and self._response.add_required_headers
        if not is_known or any(name.lower() == b"content-length" for name, _ in fields):
            return []
        return [(b"Content-Length", b"%d" % len(self.encode(content)))]

    def write_interim(self):
        """Writes the response's status, below 200, and fields."""
        code, _ = self._response.status
        fields = self._response.encoded_headers()
        self._try(self._host.write_headers, fields, code, None, None, False)

    def write_status(self, code, message=None):
        """Writes the status line."""
        message = None if message is None else isomorphic_encode(message)
        self._status_written = True
        return self._raw(self._host.write_status, code, message)

    def write_header(self, name, value):
        """Writes a field, behind a status of 200 if there was none."""
        if not self._status_written:
            self.write_status(self.default_status)
        return self._raw(self._host.write_header, self.encode(name), self.encode_value(value))

    def write_default_headers(self):
        """Writes those of Server, Date and Content-Length that are missing."""
        self._response.hand_whole_content_over()
        return self._raw(self._host.write_default_headers)

    def end_headers(self):
        """Ends the head, with the default fields unless they are not wanted."""
        if not self._response.add_required_headers:
            self._answer.set_add_required_headers(False)
        self._response.hand_whole_content_over()
        self._headers_complete = True
        return self._raw(self._host.end_headers)

    def write_content(self, data):
        """Writes content, behind what of the head was not written."""
        if not self._status_written:
            self.write_status(self.default_status)
        if not self._headers_complete:
            self._response.content = data
            self.end_headers()
        return self.write_raw_content(data)

    def write_raw_content(self, data):
        """Writes bytes, text or a file as it is."""
        if data is None:
            raise ValueError("data cannot be None")
        if isinstance(data, (str, bytes)):
            return self.write(data)
        return self.write_content_file(data)

    def write(self, data):
        """Writes bytes or text; False when the client has left."""
        data = self.encode(data)
        if self._framed:
            self.content_written = True
            return self._try(self._host.write_data, data, False, None)
        return self._raw(self._host.write, data)

    def write_content_file(self, data):
        """Writes a file piece by piece, and closes it."""
        success = True
        while success and (piece := data.read(self.file_chunk_size)):
            success = self.write(piece)
        data.close()
        return success

    def _raw(self, function, *arguments):
        self.content_written = True
        return self._try(function, *arguments)

    # As the extensions call it.
    _write = _raw

    def _begin(self, _):
        """Sends the head, if none was begun, for host to frame what follows."""
        if not self._status_written:
            self._status_written = self._headers_complete = self._framed = True
            self._response.hand_head_over()

    def _ended(self, _stream_id, _ended):
        """HTTP/1's writer has no `stream_ended`."""

    def _fields(self, headers):
        return [(self.encode(name), self.encode_value(value)) for name, value in headers]

    def _try(self, function, *arguments):
        try:
            writing(function, *arguments)
        except Gone:
            return False
        return True

    def encode_value(self, value):
        """A field's value as bytes; numbers are decimal."""
        return b"%d" % value if isinstance(value, int) else self.encode(value)

    def encode(self, data):
        """Text as bytes, in the response's encoding."""
        if isinstance(data, bytes):
            return data
        if isinstance(data, str):
            return data.encode(self._response.encoding)
        raise ValueError("data %r should be text or binary, but is %s" % (data, type(data)))
