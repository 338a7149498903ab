"""The fields of a response."""

from collections import OrderedDict

from .multidict import missing
from .utils import isomorphic_encode


def _encode(text):
    if isinstance(text, int):
        return b"%i" % text
    return isomorphic_encode(text)


class ResponseHeaders:
    """Fields in the order in which their names came, read and set by any case.

    Text is Latin-1, numbers are decimal.
    """

    def __init__(self):
        self.data = OrderedDict()

    def set(self, key, value):
        """Replaces all lines of the name by one, spelt as it is now."""
        key, value = _encode(key), _encode(value)
        self.data[key.lower()] = (key, [value])

    __setitem__ = set

    def append(self, key, value):
        """Adds a line, behind those of the same name."""
        key, value = _encode(key), _encode(value)
        if key.lower() in self.data:
            self.data[key.lower()][1].append(value)
        else:
            self.set(key, value)

    def update(self, items_iter):
        """Adds a line for each pair."""
        for name, value in items_iter:
            self.append(name, value)

    def get(self, key, default=missing):
        """The values of a name; the default, or an empty list, where there is none."""
        try:
            return self[key]
        except KeyError:
            return [] if default is missing else default

    def __getitem__(self, key):
        return self.data[_encode(key).lower()][1]

    def __delitem__(self, key):
        del self.data[_encode(key).lower()]

    def __contains__(self, key):
        return _encode(key).lower() in self.data

    def __iter__(self):
        for key, values in self.data.values():
            for value in values:
                yield key, value

    def items(self):
        return list(self)

    def __repr__(self):
        return repr(self.data)
