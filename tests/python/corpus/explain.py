"""Which rows of docs/compat.md explain how two answers differ."""

import json
import pathlib
import re
from dataclasses import replace

from wptserve.constants import response_codes

TABLE = pathlib.Path(__file__).resolve().parents[3] / "docs" / "compat.md"

TRACEBACKS = "Tracebacks of what a handler did not catch"
MESSAGES = "Messages of errors"
REASONS = "Reason phrases"
LENGTHS = "Content-Length on HTTP/2"
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
        if theirs.body != ours.body:
            rows.append(TRACEBACKS if theirs.status >= 500 else MESSAGES)
            theirs.body = ours.body
            drop(theirs, "content-length")
            drop(ours, "content-length")
    if protocol == "h2" and "content-length" in ours.names():
        if "content-length" not in theirs.names():
            rows.append(LENGTHS)
            drop(ours, "content-length")
    if theirs.fields != ours.fields and lowered(theirs) == lowered(ours):
        rows.append(SET_APART)
        theirs.fields = ours.fields
    return rows, theirs != ours


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
