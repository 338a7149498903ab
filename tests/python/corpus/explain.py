"""Which rows of docs/compat.md explain how two answers differ."""

import gzip
import json
import pathlib
import re
import zlib
from dataclasses import replace

from wptserve.constants import response_codes

TABLE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "compat.md"

TRACEBACKS = "Tracebacks of what a handler did not catch"
MESSAGES = "Messages of errors"
REASONS = "Reason phrases"
LENGTHS = "Content-Length on HTTP/2"
NO_LENGTHS = "Content-Length of 204 and 304"
UNKNOWN_LENGTHS = "Content without a length"
ZIPPED = "`gzip`'s bytes"
FRAMED = "DATA frames of content"
SET_APART = "Lines of one field that were set apart"


def unknown(rows):
    """Those of the rows that the tables do not have."""
    known = re.findall(r"^\| (.+?) \|", TABLE.read_text(encoding="utf-8"), re.M)
    return sorted(row for row in rows if not any(name.startswith(row) for name in known))


def alike(protocol, theirs, ours):
    """Whether two wptserves agree: but for tracebacks, which hold addresses."""
    pairs = [everywhere(protocol, *pair) for pair in zip(theirs, ours, strict=True)]
    return not any(left or set(rows) - {TRACEBACKS} for rows, left in pairs)


def explain(case, protocol, theirs, ours):
    """The rows that explain the difference of all answers to a case; None among them
    is no explanation."""
    rows, different = [], len(theirs) != len(ours)
    # A sequence that was broken off is shorter.
    for one, other in zip(theirs, ours, strict=False):
        more, left = everywhere(protocol, one, other)
        rows += more
        different |= left
    row = case.explained(protocol)
    if different:
        return [*rows, row]
    # A row that was to explain a difference, and there is none.
    return [*rows, None] if row is not None and not rows else rows


def everywhere(protocol, theirs, ours):
    """Rows about any answer, and whether a difference is left."""
    rows = []
    theirs, ours = replace(theirs), replace(ours)
    if theirs.status == ours.status and theirs.reason != ours.reason:
        # Where the handler gave none; its own is the same on both.
        if theirs.reason == response_codes.get(theirs.status, ("",))[0]:
            rows.append(REASONS)
            theirs.reason = ours.reason
    if is_error(theirs) and is_error(ours) and theirs.status == ours.status:
        if theirs.body != ours.body or length(theirs) != length(ours):
            rows.append(TRACEBACKS if theirs.status >= 500 else MESSAGES)
            theirs.body = ours.body
            drop(theirs, "content-length")
            drop(ours, "content-length")
    if length(ours) is not None and length(theirs) is None:
        rows.append(LENGTHS if protocol == "h2" else UNKNOWN_LENGTHS)
        drop(ours, "content-length")
    if theirs.status in (204, 304) and length(theirs) == "0" and length(ours) is None:
        rows.append(NO_LENGTHS)
        drop(theirs, "content-length")
    if theirs.body != ours.body and inflated(theirs) == inflated(ours) is not None:
        rows.append(ZIPPED)
        theirs.body = ours.body
    if theirs.frames != ours.frames and joined(theirs.frames) == joined(ours.frames):
        rows.append(FRAMED)
        theirs.frames = ours.frames
    if theirs.fields != ours.fields and lowered(theirs) == lowered(ours):
        rows.append(SET_APART)
        theirs.fields = ours.fields
    return rows, theirs != ours


def length(answer):
    return answer.value("content-length")


def inflated(answer):
    """Content that is gzip's, else None."""
    try:
        return gzip.decompress(answer.body) if answer.body.startswith(b"\x1f\x8b") else None
    except (OSError, EOFError, zlib.error):
        return None


def joined(frames):
    """Frames with all DATA of a stretch as one, and the stream's end by itself."""
    if frames is None:
        return None
    shape = []
    for kind, flags, *more in frames:
        ends = "END_STREAM" in flags
        if kind != "DATA":
            shape.append((kind, "END_HEADERS" in flags, *more))
        elif more[0] and shape and shape[-1][0] == "DATA":
            shape[-1] = ("DATA", shape[-1][1] + more[0])
        elif more[0]:
            shape.append(("DATA", more[0]))
        if ends:
            shape.append(("END",))
    return shape


def lowered(answer):
    return sorted((name.lower(), value) for name, value in answer.fields)


def drop(answer, name):
    answer.fields = [pair for pair in answer.fields if pair[0].lower() != name]


def is_error(answer):
    """An error page of wptserve's shape, for its status; HEAD's has no content."""
    if (answer.value("content-type") or "") != "application/json":
        return False
    if answer.body == b"":
        return answer.status >= 400
    try:
        return json.loads(answer.body)["error"]["code"] == answer.status
    except (ValueError, KeyError, TypeError):
        return False
