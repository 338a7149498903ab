"""The cookies that came."""

import json


def main(request, response):
    how = request.GET.first(b"how", b"all")
    name = request.GET.first(b"name", b"a")
    if how == b"in":
        seen = name in request.cookies
    elif how == b"index":
        seen = request.cookies[name].value
    elif how == b"first":
        seen = str(request.cookies.first(name))
    elif how == b"list":
        seen = [cookie.value for cookie in request.cookies.get_list(name)]
    elif how == b"count":
        jar = request.cookies
        seen = len(jar)
    elif how == b"equals":
        seen = request.cookies[name] == b"1"
    elif how == b"get":
        cookie = request.cookies.get(name)
        seen = cookie and [cookie.key, cookie.value, cookie.path, cookie.max_age]
    else:
        seen = sorted([key, values[0].value] for key, values in request.cookies.items())
    response.headers.set(b"Content-Type", b"application/json")
    response.headers.set(b"Cache-Control", b"no-store")
    return json.dumps(seen, default=lambda value: value.decode("latin-1"))
