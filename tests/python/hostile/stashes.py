"""Fills the stash, and puts into it what does something when it is taken."""

import uuid


class Acting:
    """Unpickled, it calls what it says."""

    def __init__(self, function, *arguments):
        self._call = function, arguments

    def __reduce__(self):
        return self._call


def main(request, response):
    stash = request.server.stash
    do = request.GET.first(b"do")
    key = request.GET.first(b"key", b"00000000-0000-0000-0000-0000000000ff")
    if do == b"large":
        stash.put(key, b"x" * (10 << 20))
    elif do == b"much":
        while True:
            stash.put(str(uuid.uuid4()), b"x" * (1 << 20))
    elif do == b"many":
        while True:
            stash.put(str(uuid.uuid4()), 1)
    elif do == b"queue":
        queue = stash.get_queue()
        while True:
            queue.put(b"x" * 100_000)
    elif do == b"act":
        stash.put(key, Acting(eval, "__import__('os').listdir('/')"))
        return "put"
    elif do == b"spin":
        stash.put(key, Acting(eval, "all(None is None for _ in iter(int, 1))"))
        return "put"
    elif do == b"lock":
        stash.lock.acquire()
        while True:
            pass
    elif do == b"count":
        with stash.lock:
            return "counted"
    elif do == b"take":
        return repr(stash.take(key))[:1000]
    return "done"
