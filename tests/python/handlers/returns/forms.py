"""Everything that main() may return. `form` chooses."""

import io


def main(request, response):
    form = request.GET.first(b"form")
    response.headers.set(b"X-Before", b"1")
    fields = [(b"Content-Type", b"text/plain"), ("X-Before", "2")]
    if form == b"text":
        return "t\u00e9xt \u2603"
    if form == b"bytes":
        return b"\x00\xff bytes"
    if form == b"empty":
        return ""
    if form == b"two":
        return fields, "two"
    if form == b"three":
        return 418, fields, "three"
    if form == b"three-reason":
        return (299, "Mostly Fine"), fields, b"three"
    if form == b"three-reason-bytes":
        return (299, b"Mostly Fine"), fields, b"three"
    if form == b"three-reason-none":
        return (200, None), fields, b"three"
    if form == b"three-reason-empty":
        return (200, ""), fields, b"three"
    if form == b"unknown-status":
        return 799, fields, b"three"
    if form == b"text-status":
        return "201", fields, b"three"
    if form == b"two-letters":
        # A sequence of two: the first is the number.
        return "20", fields, b"three"
    if form == b"text-in-pair":
        return ("404", "Gone Fishing"), fields, b"three"
    if form == b"status-list":
        return [201, "Made"], fields, b"three"
    if form == b"status-three":
        return (200, "OK", "more"), fields, b"three"
    if form == b"status-word":
        return ("abc", "OK"), fields, b"three"
    if form == b"status-none":
        return None, fields, b"three"
    if form == b"one-tuple":
        return ("alone",)
    if form == b"no-tuple":
        return ()
    if form == b"four":
        return 200, fields, b"four", b"more"
    if form == b"list":
        return ["a", b"b", "", "c"]
    if form == b"list-in-three":
        return 201, fields, [b"one ", b"two ", lambda: b"three"]
    if form == b"callables":
        return [lambda: "lazy ", lambda: None, lambda: b"pieces", "."]
    if form == b"generator":
        return (b"%d " % number for number in range(5))
    if form == b"generator-two":
        return fields, (word for word in ["a ", "b ", "c"])
    if form == b"iterator":
        return iter(["x", "y"])
    if form == b"set":
        return {b"only"}
    if form == b"dict":
        # Its keys are the pieces.
        return {"first ": 1, "second": 2}
    if form == b"file":
        return fields, io.BytesIO(b"from a file")
    if form == b"no-pieces":
        return []
    if form == b"number":
        return 7
    if form == b"true":
        return True
    if form == b"dict-fields":
        return {"X-Test": "1"}, b"two"
    if form == b"no-fields":
        return 200, [], b"three"
    if form == b"none-fields":
        return 200, None, b"three"
    if form == b"none-value":
        return [(b"X-None", None)], b"two"
    if form == b"number-value":
        return [(b"X-Number", 17), ("X-Negative", -1)], b"two"
    if form == b"float-value":
        return [(b"X-Number", 1.5)], b"two"
    if form == b"snowman-value":
        return [(b"X-Snowman", "\u2603")], b"two"
    if form == b"field-three":
        return [("X-Test", "1", "2")], b"two"
    if form == b"same-field":
        return [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("set-cookie", "c=3")], b"two"
    if form == b"none-content":
        return 200, fields, None
    if form == b"none":
        return None
    return
