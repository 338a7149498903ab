"""Content by language and encoding, as the request prefers."""

import gzip
import io


def main(request, response):
    words = {b"de": b"Guten Tag", b"fr": b"Bonjour", b"en": b"Hello"}
    asked = request.headers.get(b"Accept-Language", b"en").split(b",")
    language = next((one[:2] for one in asked if one[:2] in words), b"en")
    content = words[language]
    response.headers.set(b"Vary", b"Accept-Language, Accept-Encoding")
    response.headers.set(b"Content-Language", language)
    if b"gzip" in request.headers.get(b"Accept-Encoding", b""):
        packed = io.BytesIO()
        # Without the time, so that it is the same each time.
        with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as file:
            file.write(content)
        response.headers.set(b"Content-Encoding", b"gzip")
        assert gzip.decompress(packed.getvalue()) == content
        content = packed.getvalue()
    response.headers.set(b"Content-Length", len(content))
    return content
