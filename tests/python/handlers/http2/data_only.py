"""Only `handle_data`."""


def handle_data(frame, request, response):
    response.headers.append(b"X-Piece", str(len(frame.data)))
    response.content = response.content + [frame.data]
