"""Puts the body of a POST under `id`, takes it with GET."""

from wptserve.utils import isomorphic_decode


def main(request, response):
    token = request.GET.first(b"id")
    path = request.GET.first(b"path", None)
    path = None if path is None else isomorphic_decode(path)
    if request.method == "POST":
        request.server.stash.put(token, request.body, path)
        return "kept"
    taken = request.server.stash.take(token, path)
    response.headers.set(b"Cache-Control", b"no-store")
    if taken is None:
        return 404, [(b"Content-Type", b"text/plain")], b"nothing there"
    return taken
