"""The same over HTTP/2, where pieces are frames."""

import time


def main(request, response):
    pieces = request.GET.get_list(b"piece") or [b"one ", b"two ", b"three"]
    response.headers.set(b"Content-Type", b"text/plain")
    response.write_status_headers()
    for piece in pieces[:-1]:
        response.writer.write_data(piece)
        time.sleep(0.01)
    response.writer.write_data(pieces[-1], last=b"open" not in request.GET)
