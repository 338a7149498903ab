"""The whole answer by the writer: status line, fields, blank line, content."""


def main(request, response):
    writer = response.writer
    if b"bare" in request.GET:
        response.add_required_headers = False
    if b"no-status" not in request.GET:
        if b"reason" in request.GET:
            writer.write_status(203, request.GET[b"reason"])
        else:
            writer.write_status(int(request.GET.first(b"status", b"200")))
    writer.write_header(b"Content-Type", b"text/plain")
    writer.write_header("X-Text", "caf\u00e9")
    writer.write_header("X-Number", 5)
    if b"length" in request.GET:
        writer.write_header("Content-Length", 12)
    writer.end_headers()
    written = writer.write(b"by hand, ")
    assert written is True
    writer.write("all")
    response.close_connection = b"keep" not in request.GET
