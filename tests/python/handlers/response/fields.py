"""What can be done to the fields of the answer, in the order of the query.

`do=set,NAME,VALUE` and its kind, once for each.
"""

from wptserve.utils import isomorphic_decode


def main(request, response):
    headers = response.headers
    said = []
    for step in request.GET.get_list(b"do"):
        what, *rest = step.split(b",")
        if what == b"set":
            headers.set(*rest)
        elif what == b"set-text":
            headers.set(*map(isomorphic_decode, rest))
        elif what == b"set-number":
            headers.set(rest[0], int(rest[1]))
        elif what == b"append":
            headers.append(*rest)
        elif what == b"item":
            headers[rest[0]] = rest[1]
        elif what == b"delete":
            del headers[rest[0]]
        elif what == b"update":
            headers.update(list(zip(rest[::2], rest[1::2])))
        elif what == b"get":
            said.append(headers.get(rest[0]))
        elif what == b"get-or":
            said.append(headers.get(rest[0], b"nothing"))
        elif what == b"index":
            said.append(headers[rest[0]])
        elif what == b"in":
            said.append(rest[0] in headers)
        elif what == b"items":
            said.append(headers.items())
        elif what == b"replace":
            response.headers = list(zip(rest[::2], rest[1::2]))
    return repr(said)
