"""A resource that can be asked for conditionally, by tag and date."""

import hashlib
from datetime import datetime, timezone
from email.utils import format_datetime, parsedate_to_datetime

CHANGED = datetime(2025, 2, 3, 4, 5, 6, tzinfo=timezone.utc)


def main(request, response):
    content = request.GET.first(b"content", b"cached")
    tag = b'"' + hashlib.md5(content).hexdigest().encode() + b'"'
    response.headers.set(b"ETag", tag)
    response.headers.set("Last-Modified", format_datetime(CHANGED, usegmt=True))
    response.headers.set(b"Cache-Control", b"public, max-age=0")
    if b"If-None-Match" in request.headers:
        tags = [one.strip() for one in request.headers[b"If-None-Match"].split(b",")]
        if tag in tags or b"*" in tags:
            response.status = 304
            return b""
    elif b"If-Modified-Since" in request.headers:
        since = request.headers.get(b"If-Modified-Since").decode("ascii")
        try:
            if parsedate_to_datetime(since) >= CHANGED:
                response.status = (304, "Unchanged")
                return b""
        except (TypeError, ValueError):
            pass
    if request.method == "PUT":
        if request.headers.get(b"If-Match", tag) != tag:
            return 412, [], b"somebody was faster"
    return content
