"""Sends the head first, then pieces, with pauses: what slow resources do."""

import time


def main(request, response):
    pieces = request.GET.get_list(b"piece") or [b"one ", b"two ", b"three"]
    pause = float(request.GET.first(b"pause", b"0.01"))
    response.headers.set(b"Content-Type", request.GET.first(b"type", b"text/plain"))
    response.headers.append(b"Cache-Control", b"no-cache, no-store, must-revalidate")
    if b"length" in request.GET:
        response.headers.set(b"Content-Length", sum(map(len, pieces)))
    if b"status" in request.GET:
        response.status = int(request.GET[b"status"])
    response.write_status_headers()
    for piece in pieces:
        time.sleep(pause)
        if not response.writer.write(piece):
            break
    if b"late" in request.GET:
        # Too late for all of it.
        response.status = 500
        response.headers.set(b"X-Late", b"1")
        return "returned too late"
