"""Fields behind the content."""


def main(request, response):
    response.headers.set(b"Trailer", b"x-sum")
    response.write_status_headers()
    if b"empty" not in request.GET:
        response.writer.write_data(b"content ", last=False)
        response.writer.write_data("and more")
    fields = [(b"x-sum", b"16"), (b"server-timing", b"a;dur=1")]
    response.writer.write_raw_header_frame(headers=fields, end_stream=True, end_headers=True)
