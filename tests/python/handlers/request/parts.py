"""The URL and its parts. `part` chooses one."""

import json
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit


def main(request, response):
    part = request.GET.first(b"part", b"path")
    parts = request.url_parts
    if part == b"url":
        seen = request.url
    elif part == b"without-query":
        seen = request.url.split("?")[0]
    elif part == b"scheme":
        seen = parts.scheme
    elif part == b"netloc":
        seen = parts.netloc
    elif part == b"port":
        seen = parts.port
    elif part == b"hostname":
        seen = parts.hostname
    elif part == b"query":
        seen = parts.query
    elif part == b"parsed":
        seen = parse_qs(parts.query, keep_blank_values=True)
    elif part == b"pairs":
        seen = parse_qsl(parts.query)
    elif part == b"segments":
        seen = parts.path.split("/")
    elif part == b"name":
        seen = unquote(parts.path.split("/")[-1])
    elif part == b"target":
        seen = request.request_path
    elif part == b"again":
        seen = urlsplit(request.url) == parts
    else:
        seen = parts.path
    return [(b"Content-Type", b"application/json")], json.dumps(seen)
