"""One script for both protocols: on HTTP/1 only main() is called."""


def handle_headers(frame, request, response):
    response.headers.set(b"X-Headers", b"handled")


def handle_data(frame, request, response):
    response.headers.set(b"X-Data", b"handled")


def main(request, response):
    response.headers.set(b"X-Main", b"handled")
    return "main on " + request.protocol_version.split("/")[0]
