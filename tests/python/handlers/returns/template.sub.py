"""A handler whose name asks for substitution in what it returns."""


def main(request, response):
    response.headers.set(b"Content-Type", b"text/plain")
    return "host {{host}}, q {{GET[q]}}, field {{headers[X-Test]}}, path {{location[path]}}"
