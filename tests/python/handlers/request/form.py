"""The fields of a form, and its files."""

import json

from wptserve.utils import isomorphic_decode


def described(value):
    if isinstance(value, bytes):
        return isomorphic_decode(value)
    content = value.file.read()
    if isinstance(content, str):
        content = content.encode("utf-8")
    return {
        "name": value.name,
        "filename": value.filename,
        "type": value.type,
        "content": isomorphic_decode(content),
    }


def main(request, response):
    how = request.GET.first(b"how", b"items")
    name = request.GET.first(b"name", b"a")
    if how == b"first":
        seen = described(request.POST.first(name))
    elif how == b"first-or":
        seen = described(request.POST.first(name, b"nothing"))
    elif how == b"index":
        seen = described(request.POST[name])
    elif how == b"get":
        seen = described(request.POST.get(name, b"nothing"))
    elif how == b"list":
        seen = [described(value) for value in request.POST.get_list(name)]
    elif how == b"in":
        seen = name in request.POST
    else:
        items = sorted(request.POST.items(), key=lambda pair: pair[0])
        seen = [[described(key), [described(v) for v in values]] for key, values in items]
    return [("Content-Type", "application/json")], json.dumps(seen)
