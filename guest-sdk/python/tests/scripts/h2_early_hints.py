def handle_headers(frame, request, response):
    request.seen = [len(frame.headers), bool(frame.stream_ended)]
    hints = [(":status", "103"), ("link", "</a>; rel=preload")]
    response.writer.write_raw_header_frame(headers=hints, end_headers=True)


def handle_data(frame, request, response):
    request.seen.append(frame.data.decode())


def main(request, response):
    response.headers.set("x-seen", repr(request.seen))
    response.write_status_headers()
    response.writer.write_data("one")
    response.writer.write_data(b"two %d" % response.writer.get_max_payload_size())
    response.writer.write_raw_header_frame(headers=[("x-trailer", "t")], end_stream=True,
                                           end_headers=True)
