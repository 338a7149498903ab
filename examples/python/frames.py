"""`/frames.py`: a hook for each frame, the script in wptserve's "Writing H2 Tests".

A request whose header `test` is `pass` is answered at once, before any of its body has
come. Then each DATA frame is sent back reversed as soon as it arrives, and the last line
follows when the request is complete. Any other request is refused. On HTTP/2 only, as in
wptserve: on HTTP/1 a script's `main` alone runs.
"""


def handle_headers(frame, request, response):
    if request.headers["test"] == b"pass":
        response.status = 200
        response.headers.update([("test", "passed")])
        response.write_status_headers()
    else:
        response.status = 403
        response.headers.update([("test", "failed")])
        response.write_status_headers()
        response.writer.end_stream()


def handle_data(frame, request, response):
    response.writer.write_data(frame.data[::-1])


def main(request, response):
    response.writer.write_data("\nEnd of File", last=True)
