"""Sends its head and a first piece, then waits until it is let go.

`id` is the token; `go` lets it go. Whoever streams to a client that reacts does so.
"""

import time

PATIENCE = 30  # seconds


def main(request, response):
    stash = request.server.stash
    key = request.GET.first(b"id")
    if b"go" in request.GET:
        stash.put(key, "go")
        return "let go"
    response.headers.set(b"Content-Type", b"text/plain")
    response.write_status_headers()
    write = getattr(response.writer, "write_data", response.writer.write)
    write(b"waiting ")
    end = time.time() + PATIENCE
    while time.time() < end:
        if stash.take(key) is not None:
            write(b"released")
            return None
        time.sleep(0.01)
    write(b"forgotten")
    return None
