"""Header fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from typing import Any, Union

__all__ = ["HttpHeaderStorage", "HttpHeaderStream"]

HttpHeaderStream = Union[
    "HttpHeaderStorage", Mapping[str, str], Iterable[tuple[str, str]]
]

_UNSAID: Any = object()


class HttpHeaderStorage:
    """Header fields, by their names in any case.

    A name is told as it was first given; all its values stand together.
    """

    def __init__(
        self, data: HttpHeaderStream | None = None, charset: str = "utf-8"
    ) -> None:
        # The lower-case name, with the name as given and the values behind it.
        self._store: dict[str, list[str]] = {}
        self._charset = charset
        if data is not None:
            self.extend(data)

    def set(self, key: str, value: str) -> None:
        """Makes this the name's only value; it stands where the name stood."""
        self._store[key.lower()] = [key, value]

    def get(self, key: str, default: Any = _UNSAID) -> Any:
        """The name's first value; KeyError if there is none, and no default."""
        try:
            return self._store[key.lower()][1]
        except KeyError:
            if default is _UNSAID:
                raise
            return default

    def getlist(self, key: str) -> list[str]:
        """All of the name's values."""
        return self._store[key.lower()][1:]

    def remove(self, key: str) -> None:
        """Takes the name away with all its values."""
        del self._store[key.lower()]

    def add(self, key: str, value: str) -> None:
        """Adds a value."""
        self._store.setdefault(key.lower(), [key]).append(value)

    def extend(self, data: HttpHeaderStream) -> None:
        """Adds all of these."""
        pairs = (
            data.items()
            if isinstance(data, (MutableMapping, Mapping, HttpHeaderStorage))
            else data
        )
        for key, value in pairs:
            self.add(key, value)

    def items(self) -> Iterator[tuple[str, Any]]:
        """Each value, with its name."""
        for name, *values in self._store.values():
            for value in values:
                yield name, value

    def keys(self) -> list[str]:
        """Each name once."""
        return [name for name, *_values in self._store.values()]

    def count_keys(self) -> int:
        """How many names there are."""
        return len(self._store)

    def count_items(self) -> int:
        """How many values there are."""
        return sum(1 for _ in self.items())

    def __contains__(self, key: str) -> bool:
        return key.lower() in self._store

    def __getitem__(self, key: str) -> str:
        return self._store[key.lower()][1]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return len(self._store)

    def __repr__(self) -> str:
        return str(list(self.items()))
