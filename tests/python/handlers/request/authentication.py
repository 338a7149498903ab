"""Asks for a name and a password, and says what it was told."""

from wptserve.utils import isomorphic_decode


def main(request, response):
    name, password = request.auth.username, request.auth.password
    wanted = request.GET.first(b"user", None)
    if name is None or (wanted is not None and name != wanted):
        realm = isomorphic_decode(request.GET.first(b"realm", b"here"))
        response.status = (401, b"Who Are You")
        response.headers.set(b"WWW-Authenticate", 'Basic realm="%s"' % realm)
        return "no"
    response.headers.set("Content-Type", "text/plain")
    return b"user: " + request.auth.username + b", password: " + (request.auth.password or password)
