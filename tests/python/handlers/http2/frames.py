"""What hyper-h2 said of the stream so far."""

import json


def main(request, response):
    names = [type(event).__name__ for event in request.frames]
    stream = request.h2_stream_id
    same = all(event.stream_id == stream for event in request.frames)
    return json.dumps([names, same, stream % 2])
