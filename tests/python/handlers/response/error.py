"""Error pages by set_error."""

from wptserve.utils import isomorphic_decode


def main(request, response):
    code = int(request.GET.first(b"code", b"404"))
    message = request.GET.first(b"message", None)
    response.headers.set(b"X-Lost", b"1")
    response.content = b"lost as well"
    if message is None:
        response.set_error(code)
    elif b"object" in request.GET:
        response.set_error(code, ValueError(isomorphic_decode(message)))
    else:
        response.set_error(code, isomorphic_decode(message))
    if b"status" in request.GET:
        response.status = int(request.GET[b"status"])
