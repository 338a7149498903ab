"""Attempts, each of which must fail, and what each came to."""

import json


def report(attempts):
    """The answer that says of each attempt what stopped it, or what it got."""
    return [(b"Content-Type", b"application/json")], json.dumps(
        {name: outcome(attempt) for name, attempt in attempts.items()}
    )


def outcome(attempt):
    """The exception's type; or what was got, which is never that."""
    try:
        return f"got {attempt()!r}"[:200]
    except Exception as error:
        return type(error).__name__
