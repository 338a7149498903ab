"""Many tokens in one go, made of names."""

import uuid

SPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")


def main(request, response):
    stash = request.server.stash
    base = request.GET.first(b"id").decode("ascii")
    names = [str(uuid.uuid5(SPACE, base + str(number))) for number in range(20)]
    for number, name in enumerate(names):
        stash.put(name, {"number": number})
    taken = [stash.take(name)["number"] for name in reversed(names)]
    assert all(stash.take(name) is None for name in names)
    return repr(taken)
