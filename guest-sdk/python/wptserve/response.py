"""The answer (wptserve's `Response` and `H2Response`).

It is kept here, and handed to host when it is to be sent: by `write_status_headers`
and `write`, or by `finish` when the script's last hook has returned. Host adds what
is missing, runs the pipes that the query asks for, and ends it.
"""

import json
import traceback
from datetime import timedelta

from .cookies import cookie_name, set_cookie
from .h2writer import H2ResponseWriter, sendable
from .headers import ResponseHeaders
from .logger import get_logger
from .refusal import Gone, writing
from .utils import isomorphic_decode, isomorphic_encode
from .writer import ResponseWriter

# Bytes that are taken from a file at once, as in wptserve.
FILE_PIECE = 32 * 1024


class Response:
    """One answer. Status 200, no fields and no content until set otherwise."""

    _writer_cls = ResponseWriter

    def __init__(self, request):
        self.request = request
        self.encoding = "utf8"
        self.add_required_headers = True
        self.send_body_for_head_request = False
        self.close_connection = False
        self.logger = get_logger()
        self._status = (200, None)
        self._head_sent = False
        self.headers = ResponseHeaders()
        self.content = []
        self.writer = self._writer_cls(self)

    def bind(self, host):
        """Takes the host's response of the hook that runs now."""
        self._host = host
        self.writer.bind(host)

    def take_over(self):
        """Takes what is set at the host's response: the answer that a pipe works on."""
        self._status = self._host.status()
        self.headers = ResponseHeaders()
        self.headers.update(self._host.headers())
        self.content = self._host.content()

    @property
    def status(self):
        return self._status

    @status.setter
    def status(self, value):
        if not hasattr(value, "__len__"):
            self._status = (int(value), None)
            return
        if len(value) != 2:
            raise ValueError("a status is a number, or a number and a message")
        code, message = value
        if not isinstance(message, (bytes, str)):
            message = str(message)
        self._status = (int(code), message)

    def set_cookie(self, name, value, path="/", domain=None, max_age=None,
                   expires=None, samesite=None, secure=False, httponly=False,
                   comment=None):
        """Adds a Set-Cookie line."""
        self.headers.append("Set-Cookie", set_cookie(
            name, value, path, domain, max_age, expires, samesite, secure, httponly,
            comment))

    def unset_cookie(self, name):
        """Removes the Set-Cookie lines of this answer that set the name."""
        name = isomorphic_decode(name)
        lines = self.headers.get("Set-Cookie")
        kept = [line for line in lines if cookie_name(line) != name]
        if len(kept) < len(lines):
            del self.headers["Set-Cookie"]
            self.headers.update(("Set-Cookie", line) for line in kept)

    def delete_cookie(self, name, path="/", domain=None):
        """Makes the client forget a cookie."""
        self.set_cookie(name, None, path=path, domain=domain, max_age=0,
                        expires=timedelta(days=-1))

    def iter_content(self, read_file=False):
        """The content piece by piece; what can be called is called for its piece."""
        content = self.content
        if isinstance(content, bytes):
            yield content
        elif isinstance(content, str):
            yield content.encode(self.encoding)
        elif hasattr(content, "read"):
            while piece := content.read(FILE_PIECE):
                yield piece
            content.close()
        else:
            for item in content:
                value = item() if callable(item) else item
                if value:
                    yield value

    def set_error(self, code, err=None):
        """Makes it wptserve's error page."""
        if isinstance(err, BaseException):
            message = describe(err) if code >= 500 else str(err)
        else:
            message = "" if err is None else str(err)
        data = json.dumps({"error": {"code": code, "message": message}})
        self.status = code
        # Content-Length is host's to add: it is that of what is sent in the end.
        self.headers = [("Content-Type", "application/json")]
        self.content = data

    def write_status_headers(self):
        """Sends status and fields now: interim ones at any time, final ones once."""
        if 100 <= self.status[0] < 200:
            self.writer.write_interim()
        elif not self._head_sent:
            self._head_sent = True
            self.writer.write_head()

    def write_content(self):
        """Sends the content."""
        if self.sends_content:
            for item in self.iter_content():
                self.writer.write_content(item)

    def write(self):
        """Sends the whole answer now."""
        self.write_status_headers()
        self.write_content()

    @property
    def sends_content(self):
        return self.request.method != "HEAD" or self.send_body_for_head_request

    def finish(self):
        """Hands over what has not been sent when the script has returned."""
        if self.close_connection:
            self._host.set_close_connection(True)
        if self.writer.content_written:
            return
        if not self._head_sent:
            self.hand_head_over()
        try:
            self._hand_content_over()
        except Gone:
            # The client has left: nobody is there to be told.
            pass

    def set_watch(self, seconds):
        """Goes on for so long after `main`, for `handle_frame`, `handle_reset` and
        `handle_close`; 0 ends it. Host's own: wptserve has none."""
        self._host.set_watch(round(seconds * 1e9))

    def settle(self):
        """Hands over what a hook behind `main` has set, unless it was sent before."""
        if not self.writer.content_written and not self._head_sent:
            self.hand_head_over()
            self.hand_whole_content_over()

    def hand_head_over(self, more=()):
        """Sets status and fields at the host's response, and `more` fields."""
        code, reason = self.status
        if not 0 <= code <= 0xFFFF:
            raise ValueError("%d is no status" % code)
        if not self.add_required_headers:
            self._host.set_add_required_headers(False)
        if self.send_body_for_head_request:
            self._host.set_send_body_for_head(True)
        self._host.set_status(code, None if reason is None else isomorphic_encode(reason))
        self._host.set_headers([*self.encoded_headers(), *more])

    def encoded_headers(self):
        """The fields as bytes. A plain list of pairs is UTF-8, as in wptserve."""
        if isinstance(self.headers, ResponseHeaders):
            return self.headers.items()
        return [(self.writer.encode(name), self.writer.encode_value(value))
                for name, value in self.headers]

    def hand_whole_content_over(self):
        """Sets content whose length is known at the host's response; whether it is."""
        if not isinstance(self.content, (str, bytes)):
            return False
        self._host.set_content(self.writer.encode(self.content))
        return True

    def _hand_content_over(self):
        content = self.content
        if self.hand_whole_content_over() or (isinstance(content, list) and not content):
            return
        if not self.sends_content:
            # Only the head is wanted, and nothing is made for it.
            if not self._head_sent:
                writing(self._host.write_status_headers)
            return
        pieces = self.iter_content()
        for piece in pieces:
            if not self._hand_piece_over(piece):
                pieces.close()
                return

    def _hand_piece_over(self, piece):
        if hasattr(piece, "read"):
            while part := piece.read(FILE_PIECE):
                if not self._hand_piece_over(part):
                    return False
            return True
        return writing(self._host.write_content, self.writer.encode(piece))


class H2Response(Response):
    """The answer on a stream of HTTP/2."""

    _writer_cls = H2ResponseWriter

    def encoded_headers(self):
        """The fields as bytes, as they can be sent."""
        return sendable(super().encoded_headers())

    def write_content(self):
        """Sends the content, a frame a piece, and ends the stream with the last."""
        if not self.sends_content:
            return
        last = None
        for item in self.iter_content():
            if last is not None:
                self.writer.write_data(last)
            last = item
        if last is not None:
            self.writer.write_data(last, last=True)


def describe(exception):
    """A traceback as wptserve writes one, from the script's own frames on."""
    return "".join(traceback.format_exception(exception))
