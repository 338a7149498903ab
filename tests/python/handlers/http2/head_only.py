"""Only `handle_headers`: whatever it leaves on the response is sent at the end."""


def handle_headers(frame, request, response):
    response.status = 203
    response.headers.set("X-From", "handle_headers")
    if b"write" in request.GET:
        response.write_status_headers()
        response.writer.write_data(b"written", last=True)
    else:
        response.content = b"left"
