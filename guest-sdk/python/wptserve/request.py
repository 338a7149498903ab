"""The request (wptserve's `Request` and `H2Request`)."""

from http.client import HTTPMessage
from urllib.parse import urlsplit

from componentize_py_types import Err
from wit_world.imports.types import (BodyError_Malformed, BodyError_Taken,
                                     BodyError_TooLarge, Protocol)

from .forms import FieldStorage
from .input import InputFile
from .multidict import Cookies, CookieValue, MultiDict, missing
from .server import Server
from .utils import HTTPException, isomorphic_decode, isomorphic_encode

# The folder that is served is the root of what a script sees of the disk.
DOC_ROOT = "/"

_VERSIONS = {
    Protocol.HTTP10: "HTTP/1.0",
    Protocol.HTTP11: "HTTP/1.1",
    Protocol.HTTP2: "HTTP/2.0",
}


class Request:
    """One request. What costs something is asked for when it is wanted.

    Each hook is lent the host's request anew: `bind` says which is the one now.
    """

    def __init__(self, host):
        self.bind(host)
        self.doc_root = DOC_ROOT
        self.protocol_version = _VERSIONS[host.protocol()]
        self.method = host.method()
        self.frames = []
        self.server = Server(self)
        self._kept = {}
        if self.is_h2:
            self.h2_stream_id = host.stream_id()

    def bind(self, host):
        """Takes the host's request of the hook that runs now."""
        self._host = host

    @property
    def is_h2(self):
        return self.protocol_version == "HTTP/2.0"

    def __repr__(self):
        return "<Request %s %s>" % (self.method, self.url)

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False

    def close(self):
        """Nothing is held that would have to be closed."""

    def _once(self, name, make):
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]

    @property
    def client_address(self):
        address = self._once("client_address", self._host.client_address)
        return (address.ip, address.port)

    @property
    def request_path(self):
        return isomorphic_decode(self._once("target", self._host.target))

    @property
    def request_line(self):
        line = self._once("request_line", self._host.request_line)
        return "" if self.is_h2 else line

    @property
    def url(self):
        return self._once("url", self._host.url)

    @property
    def url_parts(self):
        return self._once("url_parts", lambda: urlsplit(self.url))

    @property
    def url_base(self):
        return self._once("url_base", self._host.url_base)

    @property
    def route_match(self):
        """What the route's pattern caught; `*.py`, as wptserve's own route, else."""
        def match():
            groups = dict(self._host.route_match())
            return groups or {"*": self.url_parts.path[1:]}
        return self._once("route_match", match)

    @property
    def raw_headers(self):
        """The fields as they came, as text."""
        def message():
            fields = HTTPMessage()
            for name, value in self._fields:
                fields[isomorphic_decode(name)] = isomorphic_decode(value)
            return fields
        return self._once("raw_headers", message)

    @property
    def _fields(self):
        return self._once("fields", self._host.headers)

    @property
    def headers(self):
        return self._once("headers", lambda: RequestHeaders(self._fields))

    @property
    def GET(self):
        return self._once("GET", lambda: _multidict(self._host.query()))

    @property
    def POST(self):
        def fields():
            form = MultiDict()
            for part in reading_body(self._host.form, []):
                form.add(part.name, FieldStorage(part) if part.filename else part.value)
            return form
        return self._once("POST", fields)

    @property
    def cookies(self):
        def jar():
            cookies = Cookies()
            for name, value in self._host.cookies():
                cookies.add(name, CookieValue(isomorphic_decode(name), value))
            return cookies
        return self._once("cookies", jar)

    @property
    def auth(self):
        return self._once("auth", lambda: Authentication(self._host.authorization()))

    @property
    def body(self):
        return self._once("body", lambda: reading_body(self._host.body, b""))

    @property
    def raw_input(self):
        return self._once("raw_input", lambda: InputFile(self._host.raw_input()))


class H2Request(Request):
    """A request of HTTP/2."""


def _multidict(pairs):
    values = MultiDict()
    for name, value in pairs:
        values.add(name, value)
    return values


def reading_body(read, taken):
    """What `read` gives of the body; its failures become answers.

    `taken` stands for a body that went to `handle_data` piece by piece: what is left
    of it is nothing, as in wptserve.
    """
    try:
        return read()
    except Err as error:
        why = error.value
        if isinstance(why, BodyError_Taken):
            return taken
        if isinstance(why, BodyError_TooLarge):
            text = "the body is larger than the %d bytes that a handler may hold"
            raise HTTPException(413, text % why.value) from None
        if isinstance(why, BodyError_Malformed):
            raise HTTPException(400, why.value) from None
        raise ConnectionResetError("the client left before the body's end") from None


class RequestHeaders(dict):
    """Fields by name; read-only, names in any case and as text or bytes.

    Where a field came several times its values are joined as RFC 9110 §5.3 and RFC
    9113 §8.2.3 say.
    """

    def __init__(self, fields):
        for name, value in fields:
            dict.setdefault(self, name.lower(), []).append(value)

    def __getitem__(self, key):
        key = isomorphic_encode(key).lower()
        return (b"; " if key == b"cookie" else b", ").join(dict.__getitem__(self, key))

    def __setitem__(self, name, value):
        raise Exception("the fields of a request cannot be changed")

    def get(self, key, default=None):
        """The field's values joined, or the default."""
        try:
            return self[key]
        except KeyError:
            return default

    def get_list(self, key, default=missing):
        """The field's values; KeyError where there is none and no default."""
        try:
            return dict.__getitem__(self, isomorphic_encode(key).lower())
        except KeyError:
            if default is missing:
                raise
            return default

    def __contains__(self, key):
        return dict.__contains__(self, isomorphic_encode(key).lower())

    def iteritems(self):
        for name in self:
            yield name, self[name]

    def itervalues(self):
        for name in self:
            yield self[name]


class Authentication:
    """Basic credentials as bytes; None where there are none."""

    def __init__(self, credentials):
        self.username = credentials and credentials.username
        self.password = credentials and credentials.password
