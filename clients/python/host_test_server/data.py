"""Bytes, texts and conditions, as the control API's JSON has them."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Iterable, Mapping
from typing import Any, Union

__all__ = ["Condition", "as_bytes", "as_data", "as_headers", "conditions", "plain"]

#: What may be said of a request, see `conditions`.
Condition = Union[str, Mapping[str, Any], Iterable[Mapping[str, Any]]]

_NAMED = ("query", "header", "cookie", "form")
_NESTED = ("any", "all")
_TEXTS = ("method", "path", "target", "body", "protocol", "scheme", "authority")


def as_data(value: str | bytes | bytearray | memoryview) -> Any:
    """A string where the bytes are UTF-8, and base64 where they are not."""
    if isinstance(value, str):
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            value = value.encode("utf-8", "surrogateescape")
        else:
            return value
    value = bytes(value)
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(value).decode("ascii")}


def as_bytes(value: Any) -> bytes:
    """What `as_data` came from."""
    if isinstance(value, dict):
        return base64.b64decode(value["base64"])
    return str(value).encode("utf-8")


def as_headers(fields: Any) -> list[list[Any]]:
    """Field lines as pairs; text is Latin-1 where it can be, as in test_server."""
    pairs = fields.items() if hasattr(fields, "items") else fields
    return [[_field(name), _field(value)] for name, value in pairs]


def _field(value: Any) -> Any:
    if isinstance(value, str):
        try:
            return as_data(value.encode("latin-1"))
        except UnicodeEncodeError:
            return as_data(value)
    return as_data(value) if isinstance(value, (bytes, bytearray)) else str(value)


def plain(value: Any) -> Any:
    """The same value with bytes, field lines and paths as JSON has them."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return as_data(value)
    if isinstance(value, os.PathLike):
        return os.path.abspath(os.fspath(value))
    if isinstance(value, Mapping):
        return {
            key: as_headers(item) if key in ("headers", "trailers") else plain(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return value


def conditions(when: Condition | None) -> list[dict[str, Any]]:
    """Conditions, as a mock's `when` has them.

    `when` is one of:
      - "GET /path", or "/path" alone
      - a mapping: {"method": "POST", "query": ("page", "2"), "json": {…}}
      - a list of these, all of which must hold.

    Texts are equal to, `re.compile(…)` is found in, {"contains": …} and the rest as
    the control API has them. A name alone ({"header": "accept"}) has to be there.
    """
    if when is None:
        return []
    if isinstance(when, str):
        method, space, path = when.partition(" ")
        if not space:
            return [{"path": when}]
        return [{"method": method}, {"path": path}]
    if isinstance(when, Mapping):
        return [_condition(kind, value) for kind, value in when.items()]
    return [one for each in when for one in conditions(each)]


def _condition(kind: str, value: Any) -> dict[str, Any]:
    if kind in _NAMED:
        if isinstance(value, str):
            value = {"name": value}
        elif isinstance(value, (tuple, list)):
            name, text = value
            value = {"name": name, "is": _text(text)}
        elif "is" in value:
            value = {**value, "is": _text(value["is"])}
    elif kind in _TEXTS:
        value = _text(value)
    elif kind in _NESTED:
        value = [_together(each) for each in value]
    elif kind == "not":
        value = _together(value)
    return {kind: value}


def _together(when: Condition) -> dict[str, Any]:
    inner = conditions(when)
    return inner[0] if len(inner) == 1 else {"all": inner}


def _text(value: Any) -> Any:
    if isinstance(value, re.Pattern):
        pattern = value.pattern
        return {"regex": pattern.decode() if isinstance(pattern, bytes) else pattern}
    return plain(value)
