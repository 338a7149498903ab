"""Writes until it has written enough, or nobody listens."""


def main(request, response):
    limit = int(request.GET.first(b"limit", b"65536"))
    response.headers.set(b"Content-Type", b"application/octet-stream")
    response.write_status_headers()
    written, piece = 0, b"x" * 4096
    while written < limit and response.writer.write(piece):
        written += len(piece)
