"""wptserve 4.0.3 with one handler for everything: the twin of tests/guests/twin.

    python3 tests/python/twin.py 1|2

The argument is the version of HTTP. Prints its port, serves until it is killed.
"""

import json
import logging
import sys
import threading

from wptserve import handlers, server


def text(value):
    return value.decode("latin-1") if isinstance(value, bytes) else value


def tried(function):
    """What it gives; None where it fails."""
    try:
        return function()
    except Exception:
        return None


def url_parts(request):
    parts = request.url_parts
    return {
        name: tried(lambda: getattr(parts, name))
        for name in ("scheme", "netloc", "hostname", "port", "path", "query", "fragment")
    }


def headers(request, names):
    fields = request.headers
    return {
        "items": [[text(n), [text(v) for v in values]] for n, values in fields.items()],
        "found": [
            {
                "get": text(fields.get(name)),
                "list": [text(v) for v in fields.get_list(name, [])],
                "in": name in fields,
            }
            for name in names
        ],
    }


def dictionary(pairs, names, show):
    return {
        "items": [[text(n), [show(v) for v in values]] for n, values in pairs.items()],
        "found": [
            {
                "first": tried(lambda: show(pairs.first(name))),
                "last": tried(lambda: show(pairs.last(name))),
                "get": tried(lambda: show(pairs.get(name))),
                "list": [show(v) for v in pairs.get_list(name)],
                "in": name in pairs,
            }
            for name in names
        ],
    }


def part(value):
    if isinstance(value, bytes):
        return text(value)
    return {
        "filename": value.filename,
        "type": value.headers.get("content-type"),
        "value": text(value.value),
    }


def body_input(request):
    file = request.raw_input
    done = []
    for step in request.GET.get_list(b"input"):
        what, _, number = step.decode("latin-1").partition(":")
        number = int(number) if number.isascii() and number.isdigit() else None
        if what == "read":
            done.append(tried(lambda: text(file.read(-1 if number is None else number))))
        elif what == "line":
            done.append(tried(lambda: text(file.readline(number))))
        elif what == "lines":
            done.append(tried(lambda: [text(line) for line in file.readlines()]))
        elif what == "seek" and number is not None:
            done.append(tried(lambda: [file.seek(number)] and True))
        elif what == "tell":
            done.append(file.tell())
        elif what == "length":
            done.append(file.length)
        else:
            done.append(None)
    return done


def auth(request):
    found = request.auth
    return None if found.username is None else [text(found.username), text(found.password)]


@handlers.handler
def main(request, response):
    names = request.GET.get_list(b"name")
    twin = {
        "method": request.method,
        "target": request.request_path,
        "url": request.url,
        "url_parts": url_parts(request),
        "url_base": request.url_base,
        "request_line": text(request.request_line),
        "protocol": request.protocol_version,
        "client": request.client_address[0],
        "headers": headers(request, names),
        "raw_headers": "".join(f"{n}: {v}\n" for n, v in request.raw_headers.items()),
        "GET": dictionary(request.GET, names, text),
        "input": tried(lambda: body_input(request)),
        "POST": tried(lambda: dictionary(request.POST, names, part)),
        "cookies": tried(
            lambda: dictionary(request.cookies, names, lambda cookie: text(cookie.value))
        ),
        "auth": tried(lambda: auth(request)),
        "body": tried(lambda: text(request.body)),
        "tell": request.raw_input.tell(),
    }
    return [("Content-Type", "application/json")], json.dumps(twin)


def serve(version):
    logging.disable(logging.CRITICAL)
    speaks = {1: server.Http1WebTestRequestHandler, 2: server.Http2WebTestRequestHandler}
    httpd = server.WebTestHttpd(
        host="127.0.0.1",
        port=0,
        doc_root=".",
        routes=[("*", "*", main)],
        handler_cls=speaks[version],
        http2=version == 2,
    )
    httpd.start()
    print(httpd.port, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    serve(int(sys.argv[1]))
