import io


def main(request, response):
    how = request.GET.first(b"as")
    writer = response.writer
    if how == b"lines":
        writer.write_status(202, "By hand")
        writer.write_header("X-H", 1)
        writer.write_header("Content-Length", b"6")
        writer.end_headers()
        writer.write("abc")
        writer.write_raw_content(io.BytesIO(b"def"))
    elif how == b"all":
        response.close_connection = True
        writer.write(b"HTTP/1.1 299 All\r\nX-All: 1\r\nContent-Length: 2\r\n\r\nok")
    elif how == b"chunks":
        response.headers.set("Transfer-Encoding", "chunked")
        response.write_status_headers()
        for piece in ("ab", "cd"):
            writer.write("2\r\n%s\r\n" % piece)
        writer.write("0\r\n\r\n")
    elif how == b"none":
        try:
            writer.write_raw_content(None)
        except ValueError:
            return "ValueError"
