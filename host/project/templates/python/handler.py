"""`/{{name}}`: greets whom the query names, as in `/{{name}}?name=Ada`.

Each request runs in a fresh instance. The other hooks are functions as well:
`handle_data`, `handle_trailers`, `handle_frame`, `handle_reset`, `handle_close` and
`handle_pipe`; .host/guest-sdk/python-component/README.md has all.
"""


def handle_headers(frame, request, response):
    """Runs when the request's header section has come, before its content."""
    response.set_header(b"X-Hook", b"headers")


def main(request, response):
    """Runs when no other hook is left to run. What it returns is the answer."""
    name = dict(request.query()).get(b"name", b"world")
    return [("Content-Type", "text/plain")], b"Hello, " + name + b"!\n"
