"""Gives the open file away: the server reads and closes it."""

import os


def main(request, response):
    file = open(os.path.join(os.path.dirname(__file__), "dot.bin"), "rb")
    if b"skip" in request.GET:
        file.seek(int(request.GET.first(b"skip")))
    if b"length" in request.GET:
        response.headers.set(b"Content-Length", os.fstat(file.fileno()).st_size)
    return [(b"Content-Type", b"application/octet-stream")], file
