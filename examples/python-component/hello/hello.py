"""`/hello`: the smallest handler, compiled.

What `main` returns is the answer: here header fields and content. Content alone
would do as well, and a status can come first: `(410, [("X-Test", "test")], "Gone")`.
"""


def main(request, response):
    return [("Content-Type", "text/plain")], "Hello, world!\n"
