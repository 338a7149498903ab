"""Names with several values: queries, forms and cookies."""

missing = object()


class MultiDict(dict):
    """A dictionary that keeps every value of a key, in order."""

    def __init__(self):
        pass

    def __setitem__(self, name, value):
        dict.__setitem__(self, name, [value])

    def add(self, name, value):
        """Adds a value behind those that the key has."""
        if name in self:
            dict.__getitem__(self, name).append(value)
        else:
            dict.__setitem__(self, name, [value])

    def __getitem__(self, key):
        return self.first(key)

    def _pick(self, key, index, default):
        values = dict.get(self, key)
        if values:
            return values[index]
        if default is not missing:
            return default
        raise KeyError(key)

    def first(self, key, default=missing):
        """The first value; KeyError where there is none and no default."""
        return self._pick(key, 0, default)

    def last(self, key, default=missing):
        """The last value; KeyError where there is none and no default."""
        return self._pick(key, -1, default)

    def get(self, key, default=None):
        """The first value, or the default."""
        return self.first(key, default)

    def get_list(self, key):
        """All values; an empty list where there is none."""
        if key in self:
            return dict.__getitem__(self, key)
        return []


class CookieValue:
    """A cookie of the request. It equals its value.

    A request says nothing of a cookie's attributes (RFC 6265 §4.2): they are empty.
    """

    def __init__(self, key, value):
        self.key = key
        self.value = value
        for attribute in ("expires", "path", "comment", "domain", "max_age",
                          "secure", "version", "httponly"):
            setattr(self, attribute, "")
        self._str = "%s=%s" % (key, value.decode("iso-8859-1"))

    def __str__(self):
        return self._str

    __repr__ = __str__

    # As in wptserve: one that compares by value and has no hash.
    __hash__ = None

    def __eq__(self, other):
        if hasattr(other, "value"):
            return self.value == other.value
        return self.value == other


class Cookies(MultiDict):
    """The cookies of a request, by their names as bytes; the last counts."""

    def __getitem__(self, key):
        return self.last(key)
