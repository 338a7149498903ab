"""Anything, as the query wants it: type, status, fields and content."""


def main(request, response):
    if b"type" in request.GET:
        response.headers.set(b"Content-Type", request.GET.first(b"type"))
    for pair in request.GET.get_list(b"header"):
        name, value = pair.split(b":", 1)
        response.headers.append(name.strip(), value.strip())
    if b"status" in request.GET:
        response.status = int(request.GET[b"status"]), request.GET.first(b"reason", b"OK")
    return request.GET.first(b"content", b"content")
