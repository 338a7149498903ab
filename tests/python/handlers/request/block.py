"""Sends the whole head back, as a page that shows what a browser asked."""


def main(request, response):
    response.headers.set(b"Content-Type", b"text/plain")
    lines = [
        name + b": " + b", ".join(values)
        for name, values in sorted(request.headers.items())
        if name in (b"accept", b"host", b"origin", b"referer", b"user-agent")
    ]
    return b"\n".join(lines) + b"\n"
