"""Writes the whole response by its own call, before main() is over."""


def main(request, response):
    response.status = 206
    response.headers.update([(b"Content-Type", b"text/plain"), (b"X-Whole", 1)])
    response.headers.update([])
    response.content = b"written whole"
    if b"content" in request.GET:
        response.write_status_headers()
        response.write_content()
    else:
        response.write()
    return "too late"
