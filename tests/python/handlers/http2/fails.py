"""Fails where `where` says."""


def handle_headers(frame, request, response):
    if request.GET.first(b"where") == b"headers":
        raise ValueError("in handle_headers")


def handle_data(frame, request, response):
    if request.GET.first(b"where") == b"data":
        raise ValueError("in handle_data")


def main(request, response):
    where = request.GET.first(b"where")
    if where == b"main":
        raise ValueError("in main")
    if where == b"written":
        response.write_status_headers()
        response.writer.write_data(b"begun ")
        raise ValueError("behind the head")
    if where == b"status-field":
        response.headers.set(b"status", b"404")
    if where == b"value":
        response.headers.set(b"X-Value", b"\xff")
    return "no failure"
