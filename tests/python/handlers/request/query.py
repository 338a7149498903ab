"""The query, by every way to look at it. `how` chooses one, `name` the field."""

import json

from wptserve.utils import isomorphic_decode


def plain(value):
    if isinstance(value, bytes):
        return isomorphic_decode(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


def main(request, response):
    how = request.GET.first(b"how", b"items")
    name = request.GET.first(b"name", b"")
    if how == b"first":
        seen = request.GET.first(name)
    elif how == b"first-or":
        seen = request.GET.first(name, b"nothing")
    elif how == b"index":
        seen = request.GET[name]
    elif how == b"get":
        seen = request.GET.get(name)
    elif how == b"get-or":
        seen = request.GET.get(name, b"nothing")
    elif how == b"last":
        seen = request.GET.last(name, None)
    elif how == b"list":
        seen = request.GET.get_list(name)
    elif how == b"in":
        seen = name in request.GET
    elif how == b"text-key":
        seen = "name" in request.GET
    elif how == b"keys":
        seen = list(request.GET.keys())
    elif how == b"len":
        seen = len(request.GET)
    else:
        seen = [[plain(key), plain(values)] for key, values in request.GET.items()]
    response.headers.set(b"Content-Type", b"application/json")
    return json.dumps(plain(seen))
