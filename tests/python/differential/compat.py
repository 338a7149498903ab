"""Which rows of docs/compat.md explain how two answers differ."""

import json
import pathlib
import re
import zlib

from .answers import UUID

TABLE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "compat.md"

# Rows that are seen wherever there is a file, by the fields that tell.
VALIDATORS = {"etag", "last-modified", "accept-ranges"}


def known():
    """The first columns of the tables."""
    return re.findall(r"^\| (.+?) \|", TABLE.read_text(), re.M)


def explain(request, protocol, theirs, ours):
    """The rows that explain the difference; None among them is no explanation,
    with a word on what is not explained."""
    if isinstance(theirs, list):
        return chain(request, theirs, ours)
    rows, ignored = everywhere(protocol, theirs, ours)
    if theirs.without(*ignored) == ours.without(*ignored):
        different = request.compat == "Content-Length of files"
        return rows + unmet(request, different)
    if request.compat is not None:
        return [*rows, request.compat]
    return rows + by_kind(theirs, ours, ignored)


def unmet(request, different):
    """A row that was to explain a difference, and there is none."""
    return [] if request.compat is None or different else [None]


def everywhere(protocol, theirs, ours):
    """Rows about any file, and the fields that they explain."""
    rows, ignored = [], set()
    have = {name for name, _ in theirs.fields}
    added = {name for name, _ in ours.fields} - have
    if added & VALIDATORS:
        rows.append("Validators")
        ignored |= added & VALIDATORS
        if "cache-control" in added:
            rows.append("`Cache-Control`")
            ignored.add("cache-control")
    if theirs.length is None and ours.length is not None:
        rows.append("Content-Length of files" if protocol == "h1" else "Content-Length on HTTP/2")
        ignored.add("content-length")
    if is_gzip(theirs) and is_gzip(ours) and inflated(theirs) == inflated(ours):
        rows.append("`gzip`'s bytes")
        theirs.body = ours.body
        if theirs.length is not None and ours.length is not None:
            ignored.add("content-length")
    order, our_order = theirs.without(*ignored)[1], ours.without(*ignored)[1]
    if order != our_order and sorted(order) == sorted(our_order):
        if our_order[-1][0] == "content-length":
            rows.append("`slice` and `gzip`: the place")
            theirs.fields = ours.fields
    return rows, ignored


def is_gzip(answer):
    named = ("content-encoding", "gzip") in answer.fields
    return named or answer.body.startswith(b"\x1f\x8b")


def inflated(answer):
    """All that the content inflates to, though it be cut, twice compressed, or
    none, as HEAD's."""
    content = answer.body
    while content.startswith(b"\x1f\x8b"):
        content = zlib.decompressobj(wbits=31).decompress(content)
    return UUID.sub(b"UUID", content)


def by_kind(theirs, ours, ignored):
    """Rows that the answers themselves tell."""
    pair = {name for name, _ in set(theirs.fields) ^ set(ours.fields)} - ignored
    if dict(theirs.fields).get("location", "").startswith("http2://"):
        if theirs.status == ours.status == 301 and pair == {"location"}:
            return ["The same on HTTP/2"]
    if pair == {"content-type"} and theirs.body == ours.body:
        if ("content-type", "application/octet-stream") in theirs.fields:
            return ["Types of files"]
    if theirs.status != ours.status or not (is_error(theirs) and is_error(ours)):
        return [None]
    if theirs.status == 416 and pair <= {"content-range", "content-length"}:
        return ["416: `Content-Range`", "Messages of errors"]
    if theirs.status >= 400 and pair <= {"content-length"}:
        return ["Messages of errors"]
    return [None]


def is_error(answer):
    """An error page of wptserve's shape, for its status; HEAD's has no content."""
    if dict(answer.fields).get("content-type") != "application/json":
        return False
    return answer.body == b"" or json.loads(answer.body)["error"]["code"] == answer.status


def chain(request, theirs, ours):
    rows, different = [], False
    for one, other in zip(theirs, ours, strict=True):
        more, ignored = everywhere("h1", one, other)
        rows += more
        if one.without(*ignored) != other.without(*ignored):
            found = by_kind(one, other, ignored)
            different |= None in found
            rows += [row for row in found if row is not None]
    if different:
        return [*rows, request.compat]
    return rows + unmet(request, different)
