KEY = "2c6c3b4a-ffff-4c4d-9f6b-0d6f0e6b7a11"


def main(request, response):
    stash = request.server.stash
    if b"put" in request.GET:
        with stash.lock:
            value = stash.take(KEY) or {"n": 0, "list": [1, b"\xff", ("t",)]}
            value["n"] += 1
            stash.put(KEY.upper(), value)
        return "put"
    out = [stash.take(KEY.replace("-", "").encode()), stash.take(KEY)]
    stash.put(KEY, 0, path="/elsewhere")
    out += [stash.take(KEY), stash.take(KEY, "/elsewhere")]
    stash.put(KEY, 1)
    for action in (lambda: stash.put(KEY, 2), lambda: stash.put(KEY, None), lambda: stash.take("no")):
        try:
            action()
        except Exception as error:
            out.append(type(error).__name__)
    out.append(stash.take(KEY))
    stash.lock.acquire()
    stash.lock.release()
    return repr(out)
