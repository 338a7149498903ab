def handle_headers(frame, request, response):
    response.status = 203
    response.headers.set("From", "headers")
    request.h = [(k, v) for k, v in frame.headers if k in (b":method", ":method")]
    response.content = repr([request.method, frame.stream_id, request.h2_stream_id, type(frame).__name__, dict(request.h)])
