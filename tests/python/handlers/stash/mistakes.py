"""What the stash refuses."""

from wptserve.utils import isomorphic_decode


def main(request, response):
    stash = request.server.stash
    key = request.GET.first(b"id")
    how = request.GET.first(b"how")
    if how == b"none":
        stash.put(key, None)
    elif how == b"twice":
        stash.put(key, b"first")
        try:
            stash.put(key, b"second")
        except Exception as error:
            assert stash.take(key) == b"first"
            return type(error).__name__
    elif how == b"key":
        try:
            stash.take(key)
        except ValueError as error:
            return type(error).__name__ + ": " + str(error)
    elif how == b"uncaught":
        stash.take(b"no uuid")
    elif how == b"text-key":
        stash.put(isomorphic_decode(key), "text")
        return stash.take(key.upper().replace(b"-", b""))
    return "done"
