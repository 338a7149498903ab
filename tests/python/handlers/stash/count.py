"""Counts requests that race, which only works under the lock."""

import threading
import time

RACE = threading.Lock()


def main(request, response):
    stash = request.server.stash
    key = request.GET.first(b"id")
    with RACE:
        pause = float(request.GET.first(b"pause", b"0.002"))
    stash.lock.acquire()
    try:
        count = stash.take(key)
        count = 0 if count is None else count
        if request.method == "POST":
            time.sleep(pause)
            count += 1
        stash.put(key, count)
    finally:
        stash.lock.release()
    return str(count) if request.method == "GET" else "counted"
