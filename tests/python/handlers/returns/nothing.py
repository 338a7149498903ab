"""Returns nothing: all is set on the response."""


def main(request, response):
    response.status = 202
    response.headers.set(b"Content-Type", b"text/plain;charset=utf-8")
    response.headers[b"X-Kind"] = b"nothing returned"
    response.content = "set, not returned"
