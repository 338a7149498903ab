"""A request as a value, and who collects them."""

from dataclasses import dataclass

BOTH = ("h1", "h2")


@dataclass(frozen=True)
class Request:
    """What is asked, and which row of docs/compat.md explains the difference."""

    about: str
    method: str
    path: str
    fields: tuple = ()
    # The beginning of the row's first column. A request that has one must be
    # answered differently.
    compat: str | None = None
    on: tuple = BOTH
    # All bytes of an HTTP/1 request, instead of the above.
    raw: bytes | None = None
    # Requests on one connection, instead of the above.
    chain: tuple = ()
    # Whether wptserve never answers.
    silent: bool = False

    def __str__(self):
        if self.raw is not None:
            return f"[{self.about}] {self.raw[:80]!r}"
        if self.chain:
            return f"[{self.about}] {self.chain}"
        return f"[{self.about}] {self.method} {self.path} {self.fields}"


def get(about, *paths, fields=(), **more):
    """A GET for each of the paths."""
    for path in paths:
        yield Request(about, "GET", path, tuple(fields), **more)


def both(about, *paths, fields=(), **more):
    """A GET and a HEAD for each of the paths."""
    for path in paths:
        for method in ("GET", "HEAD"):
            yield Request(about, method, path, tuple(fields), **more)
