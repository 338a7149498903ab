"""103 before the answer: `hint` for each, from `handle_headers`."""

import time


def handle_headers(frame, request, response):
    assert not response.writer.content_written
    hints = request.GET.get_list(b"hint") or [b"main"]
    for name in hints:
        response.writer.write_raw_header_frame(
            headers=[
                (b":status", b"103"),
                (b"link", b"</" + name + b".css>; rel=preload; as=style"),
            ],
            end_headers=True,
        )
    # Not what main() sets, but what is set before the end.
    response.status = 200
    response.headers[b"content-type"] = "text/html"
    response.headers[b"x-hints"] = len(hints)
    response.write_status_headers()


def main(request, response):
    time.sleep(0.01)
    response.writer.write_data(item="<!doctype html>after hints", last=True)
