"""Interim heads on HTTP/1, by the server's own request handler."""


def main(request, response):
    handler = response.writer._handler
    for code in request.GET.get_list(b"code"):
        handler.send_response(int(code))
        if code == b"103":
            handler.send_header("Link", "</a.js>; rel=preload")
        handler.end_headers()
    handler.send_response(203, "Told")
    handler.send_header("Content-Type", "text/plain")
    handler.send_header("Content-Length", 9)
    handler.end_headers()
    handler.wfile.write(b"and then ")
    handler.wfile.flush()
