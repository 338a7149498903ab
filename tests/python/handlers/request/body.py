"""The body back, with its own type, backwards if asked."""


def main(request, response):
    body = request.body
    if b"reverse" in request.GET:
        body = body[::-1]
    kind = request.headers.get(b"Content-Type", b"application/octet-stream")
    # Reading does not use it up.
    assert request.body == request.raw_input.read()
    return [(b"Content-Type", kind), (b"X-Length", len(request.body))], body
