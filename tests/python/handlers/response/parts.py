"""Parts of a resource, with wptserve's own reading of Range."""

from wptserve.ranges import RangeParser
from wptserve.utils import HTTPException

LETTERS = bytes(range(65, 91))


def main(request, response):
    asked = request.headers.get(b"Range")
    if asked is None:
        return LETTERS
    try:
        ranges = RangeParser()(asked, len(LETTERS))
    except HTTPException as error:
        if b"through" in request.GET:
            raise
        response.headers.set(b"Content-Range", b"bytes */%d" % len(LETTERS))
        return error.code, [(b"Content-Type", b"text/plain")], error.message
    said = [f"{part.header_value()} {part!r}" for part in ranges]
    said += [LETTERS[part.lower : part.upper].decode() for part in ranges]
    return 206, [(b"Content-Type", b"text/plain")], "\n".join(said)
