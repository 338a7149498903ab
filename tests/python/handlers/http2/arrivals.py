"""Answers each DATA frame when it arrives."""


def handle_headers(frame, request, response):
    response.headers.update([(b"content-type", b"text/plain")])
    response.write_status_headers()


def handle_data(frame, request, response):
    response.writer.write_data(b"[%d: %s]" % (len(frame.data), frame.data.upper()))


def main(request, response):
    response.writer.write_data(b"[end]", last=True)
