"""HEAD, with what a GET would have, or not."""


def main(request, response):
    if b"body" in request.GET:
        response.send_body_for_head_request = True
    response.headers.set(b"Content-Type", b"text/plain")
    if b"pieces" in request.GET:
        return [b"pieces ", b"of content"]
    if b"length" in request.GET:
        response.headers.set(b"Content-Length", b"1000")
        return None
    return "content of " + request.method
