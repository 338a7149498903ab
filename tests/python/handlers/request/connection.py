"""Whether a request came on the same connection as the one before it.

`id` is the token of both. The first one puts the client's address, the second
takes it and compares.
"""


def main(request, response):
    token = request.GET.first(b"id")
    here = tuple(request.client_address)
    before = request.server.stash.take(token)
    if before is None:
        request.server.stash.put(token, here)
        said = b"first"
    else:
        said = b"same" if tuple(before) == here else b"another"
    return 200, [(b"Content-Type", b"text/plain"), (b"Content-Length", len(said))], said
