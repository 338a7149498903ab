"""The body as a file (wptserve's `raw_input`)."""

from componentize_py_types import Err
from wit_world.imports.types import BodyError_BeyondEnd

# The largest number of the contract: all that is left.
_ALL = 0xFFFFFFFF


class InputFile:
    """A body that can be read again, one place for all who read."""

    def __init__(self, host):
        self._host = host

    @property
    def length(self):
        """Bytes; 0 as long as nobody has said how many."""
        return self._host.length() or 0

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        return False

    def close(self):
        """It ends with the request."""

    def read(self, bytes=-1):
        return self._read(self._host.read, None if bytes < 0 else bytes)

    def readline(self, max_bytes=None):
        return self._read(self._host.read_line, max_bytes)

    def _read(self, read, size):
        from .request import reading_body
        size = size if size is None else min(size, _ALL)
        return reading_body(lambda: read(size), b"")

    def readlines(self):
        return list(self)

    def tell(self):
        return self._host.tell()

    def seek(self, offset):
        """Goes to a place; ValueError where there is none."""
        if offset < 0:
            raise ValueError("%d is before the body's beginning" % offset)
        try:
            self._host.seek(offset)
        except Err as error:
            if isinstance(error.value, BodyError_BeyondEnd):
                raise ValueError("%d is behind the body's end" % offset) from None
            raise

    def __iter__(self):
        return self

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    next = __next__
