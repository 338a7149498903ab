"""Values of every type that Python can pickle come back as they went."""

import array
import collections
import datetime
import decimal
import uuid

VALUES = {
    b"zero": 0,
    b"false": False,
    b"empty": b"",
    b"empty-text": "",
    b"empty-list": [],
    b"text": "t\u00e9xt \u2603",
    b"bytes": bytes(range(256)),
    b"float": 0.1,
    b"large": 10**40,
    b"tuple": (1, ("two", b"three")),
    b"set": frozenset({3}),
    b"dict": {"a": [1, {b"b": None}]},
    b"date": datetime.datetime(2026, 11, 22, tzinfo=datetime.timezone.utc),
    b"delta": datetime.timedelta(seconds=90),
    b"decimal": decimal.Decimal("1.10"),
    b"uuid": uuid.UUID(int=5),
    b"ordered": collections.OrderedDict([("b", 1), ("a", 2)]),
    b"array": array.array("H", [1, 65535]),
    b"error": KeyError("inside"),
    b"complex": 1 + 2j,
    b"none": None,
}


def main(request, response):
    kind = request.GET.first(b"kind")
    key = request.GET.first(b"id")
    stash = request.server.stash
    if request.method == "POST":
        stash.put(key, VALUES[kind])
        return "put"
    taken = stash.take(key)
    again = stash.take(key)
    # Another version of Python writes an OrderedDict in another way.
    shown = list(taken.items()) if isinstance(taken, dict) else taken
    return "%s %r, then %r" % (type(taken).__name__, shown, again)
