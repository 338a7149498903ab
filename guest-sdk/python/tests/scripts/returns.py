def _pieces():
    yield b"one"
    yield ""
    yield "tw\u00f6"
    yield lambda: "three"


class Content:
    closed = False

    def __init__(self):
        self.left = [b"file ", b"content"]

    def read(self, size):
        return self.left.pop(0) if self.left else b""

    def close(self):
        Content.closed = True


FORMS = {
    b"none": lambda: None,
    b"bytes": lambda: b"\x00\xff",
    b"text": lambda: "t\u00e9xt",
    b"empty": lambda: "",
    b"two": lambda: ([("X-A", "1"), ("X-A", b"2"), ("x-n", 3)], "two"),
    b"three": lambda: (202, [("X-A", "1")], "three"),
    b"message": lambda: ((202, b"Mine"), [], b"four"),
    b"four": lambda: (1, 2, 3, 4),
    b"list": lambda: ["a", b"b", lambda: "c", lambda: None, None, "d"],
    b"generator": _pieces,
    b"dict": lambda: {"a": 1, "b": 2},
    b"file": Content,
    b"lazy": lambda: [lambda: b"later"],
    b"notpairs": lambda: ({"X-A": "1"}, "x"),
    b"snowman": lambda: ([("X-A", "\u2603")], "x"),
    b"nothing": lambda: ([("X-A", None)], "x"),
}


def main(request, response):
    return FORMS[request.GET.first(b"as")]()
