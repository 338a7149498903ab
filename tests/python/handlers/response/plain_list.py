"""The fields as a plain list, which is accepted as well."""


def main(request, response):
    response.status = 203
    response.headers = [
        (b"Content-Type", b"text/plain"),
        ("X-Text", "text"),
        (b"X-Twice", b"1"),
        (b"x-twice", b"2"),
        (b"Content-Length", 4),
    ]
    response.content = b"list"
