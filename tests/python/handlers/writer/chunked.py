"""Chunks by hand, with a trailer."""


def main(request, response):
    response.add_required_headers = False
    response.headers.set(b"Transfer-Encoding", b"chunked")
    response.headers.set(b"Trailer", b"X-Sum")
    response.write_status_headers()
    for piece in request.GET.get_list(b"piece") or [b"one", b"two"]:
        response.writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    if b"cut" in request.GET:
        response.writer.write(b"ff\r\nnot all of it")
    elif b"wrong" in request.GET:
        response.writer.write(b"nothing that is a size\r\n")
    else:
        response.writer.write(b"0\r\nX-Sum: 2\r\n\r\n")
    response.close_connection = True
