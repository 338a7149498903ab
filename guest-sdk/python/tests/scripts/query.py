from wptserve.utils import isomorphic_decode


def main(request, response):
    get = request.GET
    out = [get.first(b"a"), get[b"a"], get.last(b"a"), get.get(b"none"), get.get(b"a"),
           get.get_list(b"a"), get.get_list(b"none"), get.first(b"none", b"dflt"),
           b"b" in get, b"none" in get, sorted(get.items()), sorted(get.keys()), len(get)]
    try:
        get[b"none"]
    except KeyError as error:
        out.append(repr(error))
    return [("Content-Type", "text/plain")], isomorphic_decode(repr(out).encode())
