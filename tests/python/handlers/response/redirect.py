"""Redirects to `location`, or around in circles a number of times."""

from urllib.parse import urlencode

from wptserve.utils import isomorphic_decode


def main(request, response):
    status = int(request.GET.first(b"status", b"302"))
    count = int(request.GET.first(b"count", b"0"))
    fields = [(b"Cache-Control", b"no-cache"), (b"Pragma", b"no-cache")]
    if b"origin" in request.headers:
        fields.append((b"Access-Control-Allow-Origin", request.headers[b"origin"]))
    if count > 0:
        query = urlencode({"status": status, "count": count - 1})
        return status, [*fields, ("Location", request.url_parts.path + "?" + query)], b""
    if b"location" in request.GET:
        location = isomorphic_decode(request.GET[b"location"])
        return status, [*fields, ("Location", location)], b""
    return 200, fields, b"arrived"
