"""Forms with files (RFC 7578), cut as test_server 0.1.0 cuts them."""

from __future__ import annotations

import re
from email.utils import decode_rfc2231
from typing import Any
from urllib.parse import unquote

__all__ = ["form_files", "parse_content_header"]

#: Parts of a form that are read.
PARTS = 1000

_PARAMETER = re.compile(r""";\s*([\w!#$%&'*+\-.^_`|~]+)=(?:([\w!#$%&'*+\-.^_`|~]+)|"([^"]*)")""")
# Firefox writes a quote inside a value as \"; it ends a value only at its end.
_ESCAPED_QUOTE = re.compile(r'\\"(?!; |\s*$)')


def parse_content_header(line: str) -> tuple[str, dict[str, str]]:
    """A field's value in lower case, and its parameters."""
    line = _ESCAPED_QUOTE.sub("%22", line)
    value, semicolon, rest = line.partition(";")
    parameters = {
        found[1].lower(): found[2] or found[3].replace("%22", '"')
        for found in _PARAMETER.finditer(semicolon + rest)
    }
    return value.strip().lower(), parameters


def form_files(content_type: str, body: bytes) -> dict[str, list[dict[str, Any]]]:
    """The parts of a form by their names: files with bytes, the others with text.

    A form that cannot be read raises what Python raises.
    """
    if not content_type.startswith("multipart/form-data;"):
        return {}
    boundary = parse_content_header(content_type)[1].get("boundary", "").encode()
    parts: dict[str, list[dict[str, Any]]] = {}
    if not (body and boundary):
        return parts
    pieces = body.split(boundary, PARTS + 3)[1:-1]
    if len(pieces) > PARTS:
        raise ValueError(f"a form of more than {PARTS} parts")
    for piece in pieces:
        part = _part(piece)
        if part is not None:
            parts.setdefault(part["name"], []).append(part)
    return parts


def _part(piece: bytes) -> dict[str, Any] | None:
    """What stands between two boundaries: CRLF, a head, its end, content, CRLF--."""
    name = filename = None
    content_type, charset = "text/plain", "utf-8"
    at = 2
    while True:
        end = piece.find(b"\r\n", at)
        line = piece[at:end].decode("utf-8")
        if not line:
            break
        at = end + 2
        colon = line.index(":")
        field = line[:colon].lower()
        value, parameters = parse_content_header(line[colon + 2 :])
        if field == "content-disposition":
            name = parameters.get("name")
            filename = parameters.get("filename")
            extended = parameters.get("filename*")
            if filename is None and extended:
                encoding, _language, text = decode_rfc2231(extended)
                filename = unquote(text, encoding=encoding or charset)
        elif field == "content-type":
            content_type = value
            charset = parameters.get("charset", "utf-8")
        if end == -1:
            break
    if not name:
        return None
    content = piece[at:-4].lstrip(b"\r\n")
    if filename:
        return {
            "name": name,
            "content_type": content_type,
            "filename": filename,
            "content": content,
        }
    return {
        "name": name,
        "content_type": None,
        "filename": None,
        "content": content.decode(charset),
    }
