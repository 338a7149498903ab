"""A queue that two requests share, handed over in the stash."""

import queue


def main(request, response):
    stash = request.server.stash
    key = request.GET.first(b"id")
    how = request.GET.first(b"how")
    if how == b"send":
        shared = stash.get_queue()
        for word in request.GET.get_list(b"word"):
            shared.put(word)
        stash.put(key, shared)
        return "sent"
    shared = stash.take(key)
    words = []
    while True:
        try:
            words.append(shared.get_nowait())
        except queue.Empty:
            return b" ".join(words)
