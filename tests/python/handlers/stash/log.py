"""Remembers what requests carried; `report` takes the list."""

import json

from wptserve.utils import isomorphic_decode


def main(request, response):
    stash = request.server.stash
    key = request.GET[b"id"]
    with stash.lock:
        seen = stash.take(key)
        if b"report" in request.GET:
            return [("Content-Type", "application/json")], json.dumps(seen or [])
        seen = seen or []
        seen.append(
            {
                "method": request.method,
                "note": isomorphic_decode(request.headers.get(b"X-Note", b"")),
                "referrer": isomorphic_decode(request.headers.get(b"Referer", b"none")),
            }
        )
        stash.put(key, seen)
    return 200, [("X-Seen", len(seen))], ""
