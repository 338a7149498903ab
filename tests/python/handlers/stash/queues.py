"""A queue that two requests share, handed over in the stash."""


def main(request, response):
    stash = request.server.stash
    key = request.GET.first(b"id")
    how = request.GET.first(b"how")
    if how == b"send":
        queue = stash.get_queue()
        for word in request.GET.get_list(b"word"):
            queue.put(word)
        stash.put(key, queue)
        return "sent %d" % queue.qsize()
    queue = stash.take(key)
    words = []
    while not queue.empty():
        words.append(queue.get(timeout=10))
    return b" ".join(words)
