"""Takes what /stash/keep.py has kept, by its path."""


def main(request, response):
    stash = request.server.stash
    key = request.GET.first(b"id")
    own = stash.take(key)
    theirs = stash.take(key, "/stash/keep.py")
    again = stash.take(key, path="/stash/keep.py")
    return repr([own, theirs, again])
