"""Templates in a script's own hands: `template(request, content)`.

The language is that of host's `sub` pipe, which templates that are files go through.
Scripts that read a file and answer with it, filled in, call it themselves.
"""

import base64
import hashlib
import os
import re
import uuid
from html import escape

_ALGORITHMS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512")

_EXPRESSION = re.compile(rb"{{([^}]*)}}")

# A variable that is set, a name, an index and arguments. What is none of them is where
# an expression ends, as in wptserve.
_TOKEN = re.compile(
    r"(?P<var>\$\w+):|(?P<ident>\$?\w+)|\[(?P<index>[^\]]*)\]|\((?P<arguments>[^)]*)\)",
    re.ASCII)

_ESCAPED = {"html": escape, "none": str}


def template(request, content, escape_type="html"):
    """The content, bytes, with its `{{…}}` filled in."""
    escaped = _ESCAPED[escape_type]
    variables = {}

    def fill(match):
        value = _value(request, match.group(1).decode(), variables)
        text = value.decode() if isinstance(value, bytes) else str(value)
        return escaped(text).encode()

    return _EXPRESSION.sub(fill, content)


def _value(request, expression, variables):
    tokens = _tokens(expression)
    kind, name = next(tokens, (None, None))
    variable = None
    if kind == "var":
        variable = name
        kind, name = next(tokens, (None, None))
    if kind != "ident":
        raise Exception("{{%s}}: a name is missing" % expression)
    value = variables[name] if name in variables else _named(request, name)
    for kind, field in tokens:
        if kind == "index":
            value = value[int(field) if re.fullmatch("-?[0-9]+", field) else field]
        elif kind == "arguments":
            arguments = re.split(r",\s*", field) if field else []
            value = value(request, *arguments)
        else:
            raise Exception("{{%s}}: %r is out of place" % (expression, field))
    if not isinstance(value, (int, bytes, str)):
        raise Exception("{{%s}} is no text and no number" % expression)
    if variable is not None:
        variables[variable] = value
    return value


def _tokens(expression):
    place = 0
    while match := _TOKEN.match(expression, place):
        yield match.lastgroup, match.group(match.lastgroup)
        place = match.end()


def _named(request, name):
    if name in _FUNCTIONS:
        return _FUNCTIONS[name]
    if name == "headers":
        return request.headers
    if name == "GET":
        return _First(request.GET)
    config = request.server.config
    if name == "hosts":
        return config["all_domains"]
    if name == "domains":
        return config["all_domains"][""]
    if name == "host":
        return config["browser_host"]
    if name in config:
        return config[name]
    if name == "location":
        return _location(request)
    if name == "url_base":
        return request.url_base
    raise Exception("Undefined template variable %s" % name)


class _First:
    """The query's first values; nothing for what it does not have."""

    def __init__(self, query):
        self._query = query

    def __getitem__(self, key):
        return self._query.first(str(key).encode("iso-8859-1"), "")


def _location(request):
    parts = request.url_parts
    host = "%s:%s" % (parts.hostname, parts.port)
    return {
        "server": "%s://%s" % (parts.scheme, host),
        "scheme": parts.scheme,
        "host": host,
        "hostname": parts.hostname,
        "port": parts.port,
        "path": parts.path,
        "pathname": parts.path,
        "query": "?%s" % parts.query,
    }


def _uuid(request):
    return str(uuid.uuid4())


def _file_hash(request, algorithm, path):
    if algorithm not in _ALGORITHMS:
        raise ValueError("Unsupported encryption algorithm: '%s'" % algorithm)
    path = os.path.join(request.doc_root, path)
    try:
        with open(path, "rb") as file:
            digest = hashlib.new(algorithm, file.read()).digest()
    except OSError:
        # No OSError, which while a script is read would say that it is not there.
        raise Exception('Cannot open file for hash computation: "%s"' % path) from None
    return base64.b64encode(digest)


def _fs_path(request, path):
    if not path.startswith("/"):
        folder = request.request_path[len(request.url_base):].rpartition("/")[0]
        path = "%s/%s" % (folder, path)
    # Not from the root: nothing is above that in the sandbox.
    path = os.path.normpath(path.lstrip("/"))
    if ".." in path:
        raise ValueError("Path outside wpt root")
    return os.path.join(request.doc_root, path)


def _header_or_default(request, name, default):
    return request.headers.get(name, default)


_FUNCTIONS = {
    "uuid": _uuid,
    "file_hash": _file_hash,
    "fs_path": _fs_path,
    "header_or_default": _header_or_default,
}
