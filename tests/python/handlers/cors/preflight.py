"""A resource behind CORS: answers preflights, and counts them under `token`."""

from wptserve.utils import isomorphic_decode


def main(request, response):
    stash, token = request.server.stash, request.GET.first(b"token", None)
    if b"origin" in request.headers:
        origin = request.headers[b"origin"]
        response.headers.set(b"Access-Control-Allow-Origin", origin)
        response.headers.set(b"Vary", b"Origin")
    if b"credentials" in request.GET:
        response.headers.set(b"Access-Control-Allow-Credentials", b"true")
    if request.method == "OPTIONS":
        if b"Access-Control-Request-Method" not in request.headers:
            response.set_error(400, "No Access-Control-Request-Method header")
            return None
        method = request.headers.get(b"Access-Control-Request-Method")
        response.headers.set(b"Access-Control-Allow-Methods", method)
        asked = request.headers.get(b"Access-Control-Request-Headers", b"")
        if asked:
            response.headers.set(b"Access-Control-Allow-Headers", asked)
        if b"age" in request.GET:
            response.headers.set(b"Access-Control-Max-Age", request.GET.first(b"age"))
        if token:
            stash.put(token, isomorphic_decode(method))
        response.status = int(request.GET.first(b"preflight", b"204"))
        return ""
    before = stash.take(token) if token else None
    response.headers.set(b"X-Preflight", b"0" if before is None else before)
    response.headers.set(b"Access-Control-Expose-Headers", b"X-Preflight")
    return request.method + " allowed"
