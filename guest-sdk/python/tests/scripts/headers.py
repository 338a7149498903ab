def main(request, response):
    headers = request.headers
    out = [headers.get("X-One"), headers.get(b"x-one"), headers["x-ONE"], "X-One" in headers,
           b"none" in headers, headers.get("none"), headers.get("none", b"d"),
           headers.get_list("X-One"), headers.get_list("none", [1]),
           sorted(k for k in headers.keys() if k.startswith(b"x-")),
           sorted((k, v) for k, v in headers.items() if k.startswith(b"x-")),
           sorted(i for i in headers.iteritems() if i[0].startswith(b"x-")),
           request.raw_headers.get("x-one"), request.raw_headers["X-One"]]
    for action in (lambda: headers["none"], lambda: headers.get_list("none")):
        try:
            action()
        except KeyError as error:
            out.append(repr(error))
    return repr(out)
