"""main is a handler whose value becomes JSON."""

from wptserve.handlers import json_handler


@json_handler
def main(request, response):
    form = request.GET.first(b"form", b"dict")
    if form == b"none":
        return None
    if form == b"two":
        return [("X-Json", "1")], [1, 2.5, "\u00e9", None]
    if form == b"three":
        return (201, "Made"), [("X-Json", "1")], {"b": 1, "a": [True]}
    if form == b"wrong":
        return {1, 2}
    return {"form": form.decode("ascii"), "method": request.method}
