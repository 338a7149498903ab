"""main() returns what another function does."""

from json import dumps


def answered(status, what):
    content = dumps({"answer": what}, sort_keys=True)
    return status, [("Content-Type", "application/json")], content


def refused(request):
    return answered(403, "refused " + request.method)


def main(request, response):
    if b"refuse" in request.GET:
        return refused(request)
    return answered(200, request.method)
