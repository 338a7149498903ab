"""The answer to whoever asks from anywhere, or from where `from` says."""


def main(request, response):
    origin = request.headers.get(b"Origin", b"*")
    wanted = request.GET.get(b"from")
    fields = [(b"Content-Type", b"text/plain"), (b"Timing-Allow-Origin", b"*")]
    if wanted is None or wanted == origin:
        fields.append((b"Access-Control-Allow-Origin", origin))
        return fields, b"for " + origin
    return (403, b"Not For You"), fields, b"not for " + origin
