"""Says what it was asked with the time before, and stays stale for a while."""

import json

FIELDS = (b"if-none-match", b"if-modified-since", b"cache-control", b"pragma")


def main(request, response):
    stash, key = request.server.stash, request.GET.first(b"id")
    if b"query" in request.GET:
        response.headers.set(b"Content-Type", b"text/plain")
        return json.dumps(stash.take(key), sort_keys=True)
    with stash.lock:
        log = stash.take(key) or []
        asked = {
            name.decode(): request.headers.get(name).decode()
            for name in FIELDS
            if name in request.headers
        }
        log.append(asked)
        stash.put(key, log)
    age = int(request.GET.first(b"age", b"60"))
    response.headers.set("Cache-Control", "max-age=%d, stale-while-revalidate=%d" % (age, 2 * age))
    response.headers.set(b"ETag", b'"%d"' % len(log))
    return "answer %d" % len(log)
