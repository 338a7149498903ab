"""Fails when a part of the answer is on its way."""


def main(request, response):
    how = request.GET.first(b"how", b"head")
    if how == b"status":
        response.writer.write_status(200)
    elif how == b"head":
        response.write_status_headers()
    else:
        response.headers.set(b"Content-Length", b"20")
        response.write_status_headers()
        response.writer.write(b"half of it")
    raise ValueError("half-way")
