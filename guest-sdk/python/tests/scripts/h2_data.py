def handle_data(frame, request, response):
    end = b"." if frame.stream_ended else b""
    response.content = (response.content or b"") + b"[%s]" % frame.data + end


def main(request, response):
    response.headers.set("x-stream", request.h2_stream_id)
