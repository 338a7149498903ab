"""Interim answers on HTTP/1, written raw before the final one."""

import time

HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </%s.css>; rel=preload; as=style\r\n\r\n"


def main(request, response):
    for name in request.GET.get_list(b"hint") or [b"main"]:
        response.writer.write(HINT % name)
        time.sleep(0.01)
    response.headers.set(b"Content-Type", b"text/html")
    response.content = b"<!doctype html>after hints"
    response.write()
