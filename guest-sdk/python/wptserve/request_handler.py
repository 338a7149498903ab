"""`response.writer._handler`: Python's `BaseHTTPRequestHandler`, as far as scripts use it.

wptserve has no way of its own to send an interim head on HTTP/1, so scripts send theirs,
and the answer behind it, by the server's request handler.
"""

from .headers import ResponseHeaders


class RequestHandler:
    """Heads and content of one answer, which host frames."""

    def __init__(self, response):
        self._response = response
        self._status = response.status
        self._fields = ResponseHeaders()

    @property
    def wfile(self):
        """Where content is written."""
        return self

    def send_response(self, code, message=None):
        """Begins a head, interim below 200."""
        self._status = code if message is None else (code, message)
        self._fields = ResponseHeaders()

    # There without Server and Date, which are host's to add here.
    send_response_only = send_response

    def send_header(self, keyword, value):
        """Adds a field."""
        self._fields.append(keyword, str(value))

    def end_headers(self):
        """Sends the head."""
        self._response.status = self._status
        self._response.headers = self._fields
        self._response.write_status_headers()

    def write(self, data):
        """Writes content; the number of its bytes."""
        if not self._response.writer.write(bytes(data)):
            raise BrokenPipeError("the client has left")
        return len(data)

    def flush(self):
        """What is written is on its way."""
