"""Reading a Range field (wptserve's `ranges`), for scripts that answer with parts."""

from .utils import HTTPException


class RangeParser:
    """Called with a field's value and a length in bytes: the ranges, in order."""

    def __call__(self, header, file_size):
        try:
            header = header.decode("ascii")
        except UnicodeDecodeError:
            raise HTTPException(400, "Non-ASCII range header value") from None
        unit, _, specifiers = header.partition("=")
        if unit != "bytes" or "=" not in header:
            raise HTTPException(416, "Unrecognised range type %s" % header)
        ranges = [_range(item, file_size) for item in specifiers.split(",")]
        return self.coalesce_ranges(ranges, file_size)

    def coalesce_ranges(self, ranges, file_size):
        """Those that touch or overlap as one."""
        coalesced = []
        for one in sorted(ranges):
            if coalesced and one.lower <= coalesced[-1].upper:
                coalesced[-1:] = coalesced[-1].coalesce(one)
            else:
                coalesced.append(one)
        return coalesced


def _range(specifier, file_size):
    try:
        lower, upper = (int(bound) if bound else None for bound in specifier.split("-"))
        return Range(lower, upper, file_size)
    except ValueError:
        raise HTTPException(416, "Bad range specifier %s" % specifier) from None


class Range:
    """Bytes from `lower` to before `upper`; ValueError where there are none."""

    def __init__(self, lower, upper, file_size):
        self.file_size = file_size
        self.lower, self.upper = self._abs(lower, upper)
        if self.lower >= min(self.upper, file_size):
            raise ValueError("the range has no bytes")

    def _abs(self, lower, upper):
        if lower is None:
            last = self.file_size if upper is None else upper
            return max(0, self.file_size - last), self.file_size
        if upper is None:
            return lower, self.file_size
        return lower, min(self.file_size, upper + 1)

    def __repr__(self):
        return "<Range %s-%s>" % (self.lower, self.upper)

    def __lt__(self, other):
        return self.lower < other.lower

    def __gt__(self, other):
        return self.lower > other.lower

    def __eq__(self, other):
        return self.lower == other.lower and self.upper == other.upper

    # As in wptserve: one that compares by value and has no hash.
    __hash__ = None

    def coalesce(self, other):
        """The two as one, where they touch or overlap, else both in order."""
        if self.upper < other.lower or self.lower > other.upper:
            return sorted([self, other])
        last = max(self.upper, other.upper) - 1
        return [Range(min(self.lower, other.lower), last, self.file_size)]

    def header_value(self):
        """The value of Content-Range."""
        return "bytes %i-%i/%i" % (self.lower, self.upper - 1, self.file_size)
