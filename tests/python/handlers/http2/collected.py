"""What came, told at the end. State of a request is kept on the request."""

import json


def handle_headers(frame, request, response):
    request.pieces = []
    request.head = sorted(
        name.decode() for name, _ in frame.headers if name.startswith((b":", b"x-"))
    )
    request.ended = frame.stream_ended is not None


def handle_data(frame, request, response):
    request.pieces.append(frame.data.decode("latin-1"))


def main(request, response):
    response.headers.set(b"Content-Type", b"application/json")
    return json.dumps([request.head, request.ended, request.pieces])
