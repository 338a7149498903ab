"""Content that is compressed by the handler."""

import gzip
import zlib


def main(request, response):
    content = request.GET.first(b"content", b"0123456789" * 100)
    how = request.GET.first(b"how", b"gzip")
    if how == b"gzip":
        packed = gzip.compress(content, mtime=0)
        assert gzip.decompress(packed) == content
    elif how == b"deflate":
        packed = zlib.compress(content, 9)
        assert zlib.decompress(packed) == content
    else:
        compressor = zlib.compressobj(wbits=-15)
        packed = compressor.compress(content) + compressor.flush()
    response.headers.set(b"Content-Encoding", b"deflate" if how != b"gzip" else how)
    return packed
