"""The writer's calls, as `how` says."""

import io


def main(request, response):
    writer = response.writer
    how = request.GET.first(b"how")
    if how == b"head":
        writer.write_headers([(b"x-a", 1), ("x-b", "2")], 201, "Made", last=True)
    elif how == b"data":
        writer.write_headers([], 200)
        writer.write_data(b"a")
        writer.write_data("b\u00e9")
        writer.write_data(b"", last=True)
    elif how == b"large":
        writer.write_headers([(b"content-type", b"text/plain")], 200)
        writer.write_data(b"L" * 40000, last=True)
    elif how == b"file":
        writer.write_headers([], 200)
        writer.write_data(io.BytesIO(b"from a file"), last=True)
    elif how == b"frame":
        writer.write_headers([], 200)
        writer.write_data_frame(b"one ", False)
        writer.write_data_frame(b"two", True)
    elif how == b"raw-data":
        writer.write_headers([], 200)
        writer.write_raw_data_frame(b"raw ")
        writer.write_raw_data_frame(b"data", end_stream=True)
    elif how == b"end":
        writer.write_headers([], 204)
        writer.end_stream()
    elif how == b"continuation":
        writer.write_raw_header_frame([(b":status", b"200"), (b"x-first", b"1")])
        writer.write_raw_continuation_frame([(b"x-second", b"2")])
        writer.write_raw_continuation_frame([(b"x-third", b"3")], end_headers=True)
        writer.write_raw_data_frame(b"continued", end_stream=True)
    elif how == b"payload":
        size = writer.get_max_payload_size()
        writer.write_headers([(b"x-payload", size)], 200)
        writer.write_data(b"p" * size, last=True)
    elif how == b"after-end":
        writer.write_headers([], 200, last=True)
        writer.write_raw_data_frame(b"behind the end")
    elif how == b"open":
        writer.write_headers([], 200)
        writer.write_data(b"not ended here")
    elif how == b"state":
        assert not writer.stream_ended and not writer.content_written
        writer.write_headers([], 200)
        assert writer.content_written
        writer.write_data(writer.encode("\u00e9"), last=True)
        assert writer.stream_ended
    elif how == b"raw-head":
        fields = [(b":status", b"299"), (b"x-raw", b"1")]
        writer.write_raw_header_frame(fields, end_headers=True, end_stream=True)
    elif how == b"upper":
        # Names that HTTP/2 forbids; nobody looks.
        fields = [(b":status", b"200"), (b"X-Upper", b"A")]
        writer.write_raw_header_frame(fields, end_headers=True)
        writer.write_raw_data_frame(b"upper", end_stream=True)
    elif how == b"set":
        response.headers.set(b"X-Upper", b" trimmed ")
        response.headers.set(b"Connection", b"close")
        response.headers.set(b"X-Number", 3)
        return "set"
    elif how == b"writer-then-value":
        writer.write_headers([], 200)
        writer.write_data(b"written", last=True)
        return "too late"
