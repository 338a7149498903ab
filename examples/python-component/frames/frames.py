"""`/frames`: a hook for each frame, after the script in wptserve's "Writing H2
Tests", compiled.

A request whose header `test` is `pass` is answered at once, before any of its body
has come. Then each DATA frame is sent back reversed as soon as it arrives, and the
last line follows when the request is complete. Any other request is refused; what
the later hooks write for it is refused in turn, and a hook that fails only for that
has not failed.
"""


def handle_headers(frame, request, response):
    if request.header("test") == b"pass":
        response.set_status(200, None)
        response.append_header(b"test", b"passed")
        response.write_status_headers()
    else:
        response.set_status(403, None)
        response.append_header(b"test", b"failed")
        response.write_status_headers()
        response.writer().end_stream(None)


def handle_data(frame, request, response):
    response.writer().write_data(frame.data[::-1], False, None)


def main(request, response):
    response.writer().write_data(b"\nEnd of File", True, None)
