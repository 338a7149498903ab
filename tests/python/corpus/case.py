"""Requests as values."""

from dataclasses import dataclass, replace

BOTH = ("h1", "h2")


@dataclass(frozen=True)
class Ask:
    """One request. `{id}` in its path and content is a token, new for each case."""

    path: str
    method: str = "GET"
    fields: tuple = ()
    # The content, in the pieces that are DATA frames; None is a request without.
    body: tuple | None = None
    trailers: tuple = ()
    # Whether the frames of the answer are compared one by one; otherwise only what
    # they carry together.
    frames: bool = False
    # Whether wptserve leaves the client waiting.
    silent: bool = False
    # What of the answer's fields and content is another each time, as an expression.
    volatile: bytes | None = None


@dataclass(frozen=True)
class Case:
    """Requests that belong together, each on a connection of its own."""

    asks: tuple
    on: tuple = BOTH
    # The beginning of the row of docs/compat.md that explains a difference, on both
    # protocols or on one of them.
    row: str | None = None
    row_h1: str | None = None
    row_h2: str | None = None
    # Whether all of them go over one connection.
    kept: bool = False
    # Requests that are sent before the others, at the same time.
    together: tuple = ()
    # The first request is held up by its handler; when the client has seen this of
    # its answer, the second one is sent, which lets it go on.
    gate: bytes | None = None

    @property
    def script(self):
        return self.asks[0].path.partition("?")[0].lstrip("/")

    def explained(self, protocol):
        """The row for a protocol."""
        return (self.row_h1 if protocol == "h1" else self.row_h2) or self.row

    def __str__(self):
        return " ; ".join(
            f"{ask.method} {ask.path} {ask.fields or ''} {ask.body or ''}".strip()
            for ask in (*self.together[:1], *self.asks)
        )


CASE_ONLY = {"on", "row", "row_h1", "row_h2", "kept", "together", "gate"}


def one(path, method="GET", **more):
    """A case of one request."""
    about = {name: more.pop(name) for name in CASE_ONLY & more.keys()}
    return Case((Ask(path, method, **more),), **about)


def get(*paths, **more):
    """A case for a GET of each of the paths."""
    return [one(path, **more) for path in paths]


def queries(script, *texts, **more):
    """A case for each query of one script."""
    return get(*(f"/{script}?{text}" for text in texts), **more)


def both(cases, row=None):
    """The same with HEAD besides, for which that row explains a difference."""
    cases = list(cases)
    heads = (replace(case, asks=headed(case.asks), row=row or case.row) for case in cases)
    return [*cases, *heads]


def headed(asks):
    return tuple(replace(ask, method="HEAD") for ask in asks)


def post(path, *body, method="POST", fields=(), **more):
    """A case of one request with content."""
    return one(path, method, body=body or (b"",), fields=tuple(fields), **more)


def sequence(*asks, **about):
    """A case of several; a text is a GET."""
    asks = tuple(Ask(ask) if isinstance(ask, str) else ask for ask in asks)
    return Case(asks, **about)
