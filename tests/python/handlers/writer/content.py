"""Content through the writer: what comes first brings the head."""

import io


def main(request, response):
    writer = response.writer
    how = request.GET.first(b"how", b"once")
    response.headers.set(b"X-Ignored", b"1")
    response.close_connection = True
    if how == b"once":
        writer.write_content(b"once")
    elif how == b"text":
        writer.write_content("t\u00e9xt")
    elif how == b"twice":
        # The length is that of the first.
        writer.write_content(b"abc")
        writer.write_content(b"def")
    elif how == b"after-status":
        writer.write_status(404)
        writer.write_content(b"not here")
    elif how == b"after-field":
        writer.write_header(b"X-Mine", b"1")
        writer.write_content(b"mine")
    elif how == b"after-head":
        response.write_status_headers()
        writer.write_content(b"a ")
        writer.write_content(io.BytesIO(b"file"))
    elif how == b"none":
        writer.write_content(None)
    elif how == b"raw":
        writer.write_raw_content(b"HTTP/1.1 202 Raw\r\nContent-Length: 3\r\n\r\nraw")
    elif how == b"raw-none":
        writer.write_raw_content(None)
    elif how == b"raw-file":
        head = b"HTTP/1.1 200 OK\r\nX-Raw: file\r\nContent-Length: 4\r\n\r\nfile"
        writer.write_raw_content(io.BytesIO(head))
    elif how == b"wrong":
        writer.write(7)
    elif how == b"state":
        assert not writer.content_written
        writer.write_status(200)
        assert writer.content_written
        writer.write_header("X-Chunk", writer.file_chunk_size)
        writer.write_header("X-Default", writer.default_status)
        writer.write_content(writer.encode("\u00e9"))
