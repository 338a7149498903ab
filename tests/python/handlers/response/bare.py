"""Answers without the fields that a server adds."""


def main(request, response):
    response.add_required_headers = False
    if b"length" in request.GET:
        response.headers.set(b"Content-Length", b"4")
    response.close_connection = True
    response.headers.set(b"X-Only", b"this")
    response.content = b"bare"
