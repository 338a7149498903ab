"""What a client makes of an answer."""

import re
from dataclasses import dataclass, field

# Those of the connection, and of the server.
OF_CONNECTION = {"server", "date", "connection", "keep-alive", "transfer-encoding"}


@dataclass
class Answer:
    status: int = 0
    reason: str | None = None
    fields: list = field(default_factory=list)
    body: bytes = b""
    # Interim answers: status and fields.
    interim: list = field(default_factory=list)
    trailers: list = field(default_factory=list)
    # "whole", "cut" (the connection or stream was given up, or too little came),
    # "silent" (nothing more came), "unreadable" (no HTTP).
    ended: str = "whole"
    # Pushed answers, each with the fields of its promise.
    pushed: list = field(default_factory=list)
    # Frames as (type, flags, length or fields); None where they are not compared.
    frames: list | None = None

    def names(self):
        return [name.lower() for name, _ in self.fields]

    def value(self, name):
        """The first value of a field, or None."""
        return next((v for n, v in self.fields if n.lower() == name), None)

    def __repr__(self):
        body = self.body if len(self.body) < 400 else self.body[:400] + b"..."
        said = f"{self.status} {self.reason!r} {self.fields} {body!r} {self.ended}"
        for name in ("interim", "trailers", "pushed", "frames"):
            if getattr(self, name):
                said += f" {name}={getattr(self, name)}"
        return said


class Names:
    """What is another on each server, by the name that it is compared by."""

    def __init__(self, ports, token, volatile):
        self.pairs = [(token.encode(), b"TOKEN")]
        self.ports = [(b"PORT-" + name.encode(), port) for name, port in ports.items()]
        self.volatile = volatile

    def plain(self, data):
        for found, name in self.pairs:
            data = data.replace(found, name)
        for name, port in self.ports:
            data = re.sub(rb"\b%d\b" % port, name, data)
        if self.volatile is not None:
            data = re.sub(self.volatile, b"VOLATILE", data)
        return data

    def fields(self, pairs):
        """Pairs of bytes as pairs of text, without those of the connection."""
        return [
            (name.decode("latin-1"), self.plain(value).decode("latin-1"))
            for name, value in pairs
            if name.decode("latin-1").lower() not in OF_CONNECTION
        ]
