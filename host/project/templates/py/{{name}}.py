"""`/{{name}}/{{name}}.py`: greets whom the query names, as in `?name=Ada`.

wptserve's handlers as they are: each request runs in a fresh interpreter in a
sandbox, and an edited script is the next request's.
"""


def main(request, response):
    """What it returns is the answer: here a status, header fields and content."""
    name = request.GET.first(b"name", b"world")
    return 200, [("Content-Type", "text/plain")], b"Hello, " + name + b"!\n"
