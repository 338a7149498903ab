"""One byte at a time, with a pause between them."""

import time


def main(request, response):
    count = int(request.GET.first(b"count", b"8"))
    response.writer.write_status(200)
    response.writer.write_header(b"Content-Type", b"text/plain")
    response.writer.write_header(b"Content-Length", str(count).encode())
    response.writer.end_headers()
    start = time.time()
    for number in range(count):
        response.writer.write(b"%d" % (number % 10))
        time.sleep(0.005)
    assert time.time() - start >= 0.004 * count
