"""Text and bytes of HTTP, and the exception that is an answer."""


def isomorphic_decode(s):
    """Bytes as text, each byte the character of its number (Latin-1)."""
    if isinstance(s, str):
        return s
    if isinstance(s, bytes):
        return s.decode("iso-8859-1")
    raise TypeError("Unexpected value (expecting string-like): %r" % (s,))


def isomorphic_encode(s):
    """Text as bytes, the inverse of `isomorphic_decode`."""
    if isinstance(s, bytes):
        return s
    if isinstance(s, str):
        return s.encode("iso-8859-1")
    raise TypeError("Unexpected value (expecting string-like): %r" % (s,))


class HTTPException(Exception):
    """Ends the request with an error page of this status."""

    def __init__(self, code, message=""):
        self.code = code
        self.message = message


def get_error_cause(exc):
    """What an exception was raised from, or while; else itself."""
    return exc.__cause__ or exc.__context__ or exc
