"""The request's fields, by every way to look at them."""

import json

from wptserve.utils import isomorphic_decode, isomorphic_encode

# What clients and servers add by themselves.
OURS = b"x-"


def main(request, response):
    how = request.GET.first(b"how", b"items")
    name = request.GET.first(b"name", b"X-One")
    headers = request.headers
    if how == b"get":
        seen = headers.get(name)
    elif how == b"get-text":
        seen = headers.get(isomorphic_decode(name))
    elif how == b"get-or":
        seen = headers.get(name, b"nothing")
    elif how == b"index":
        seen = headers[name]
    elif how == b"in":
        seen = name in headers
    elif how == b"list":
        seen = headers.get_list(name)
    elif how == b"list-or":
        seen = headers.get_list(name, [b"nothing"])
    elif how == b"keys":
        seen = sorted(key for key in headers.keys() if key.startswith(OURS))
    elif how == b"iterate":
        seen = sorted(key for key in headers if key.startswith(OURS))
    elif how == b"iteritems":
        seen = sorted(pair for pair in headers.iteritems() if pair[0].startswith(OURS))
    elif how == b"set":
        headers[b"X-New"] = b"1"
        seen = "set"
    elif how == b"raw":
        # With the case that they came in.
        seen = sorted(
            isomorphic_encode(key) + b"=" + isomorphic_encode(value)
            for key, value in request.raw_headers.items()
            if key.lower().startswith("x-")
        )
    else:
        seen = sorted(pair for pair in headers.items() if pair[0].startswith(OURS))
    response.headers.set("Content-Type", "application/json")
    return json.dumps(seen, default=isomorphic_decode)
