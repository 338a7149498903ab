"""Content that fails on the way."""


def pieces(before):
    for _ in range(before):
        yield b"good "
    raise ValueError("no more pieces")


def main(request, response):
    before = int(request.GET.first(b"before", b"2"))
    if b"length" in request.GET:
        response.headers.set(b"Content-Length", request.GET[b"length"])
    return pieces(before)
