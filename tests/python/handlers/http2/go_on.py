"""100 while the body is on its way, then what came."""


def handle_headers(frame, request, response):
    if b"continue" in request.GET:
        response.writer.write_raw_header_frame(
            headers=[(b":status", b"100")], end_headers=True
        )


def main(request, response):
    response.writer.write_headers([(b"content-type", b"text/plain")], 200)
    response.writer.write_data(b"went on", last=True)
