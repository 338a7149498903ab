"""A part of a resource by the handler's own reading of Range."""

import re


def main(request, response):
    content = bytes(range(65, 91))
    response.headers.set(b"Accept-Ranges", b"bytes")
    asked = request.headers.get(b"Range")
    if asked is None:
        return content
    found = re.search(rb"^bytes=(\d+)-(\d*)$", asked)
    if found is None:
        return 416, [(b"Content-Range", b"bytes */%d" % len(content))], b""
    start = int(found.group(1))
    end = int(found.group(2) or len(content) - 1)
    part = content[start : end + 1]
    response.headers.set(b"Content-Range", b"bytes %d-%d/%d" % (start, end, len(content)))
    return 206, [(b"Content-Type", b"text/plain")], part
