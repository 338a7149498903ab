"""Digests and encodings of `content`."""

import base64
import binascii
import hashlib
import hmac
import zlib


def main(request, response):
    content = request.GET.first(b"content", b"content")
    how = request.GET.first(b"how", b"sha256").decode()
    if how == "base64":
        return base64.b64encode(content)
    if how == "urlsafe":
        return base64.urlsafe_b64encode(content).rstrip(b"=")
    if how == "unbase64":
        try:
            return base64.b64decode(content, validate=True)
        except binascii.Error as error:
            return 400, [(b"X-Error", type(error).__name__)], str(error)
    if how == "integrity":
        digest = hashlib.sha384(content).digest()
        return b"sha384-" + base64.b64encode(digest)
    if how == "hmac":
        return hmac.new(b"key", content, hashlib.sha256).hexdigest()
    if how == "crc":
        return "%08x" % (zlib.crc32(content) & 0xFFFFFFFF)
    if how == "md5":
        return hashlib.md5(content).hexdigest()
    return hashlib.new(how, content).hexdigest()
