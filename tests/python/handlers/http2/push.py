"""Promises an answer that nobody asked for, and gives it."""


def main(request, response):
    promised = [
        (b":method", b"GET"),
        (b":scheme", b"https"),
        (b":authority", b"localhost:8000"),
        (b":path", b"/pushed.css"),
    ]
    response.write_status_headers()
    if b"later" in request.GET:
        stream = response.writer.write_push(promised)
        assert stream % 2 == 0
        response.writer.write_headers([(b"x-pushed", b"later")], 200, stream_id=stream)
        response.writer.write_data(b"later", last=True, stream_id=stream)
    else:
        response.writer.write_push(
            promised,
            status=203,
            response_headers=[(b"content-type", b"text/css")],
            response_data=b"p { color: green }",
        )
    response.writer.write_data(b"pushed", last=True)
