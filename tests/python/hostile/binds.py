"""Calls host's functions behind the runtime's back, with nonsense."""

from hostile.attempts import outcome


KEY = "00000000-0000-0000-0000-000000000001"


def attempts(request, response):
    """Nonsense by name; what is refused is an exception, what is mad ends the script."""
    import wit_world.imports as world
    from wit_world.imports import config, files, log, stash

    host_request, host_response = request._host, response._host
    writer = host_response.writer()
    return {
        "status-large": lambda: host_response.set_status(1 << 40, None),
        "status-below": lambda: host_response.set_status(-1, None),
        "status-text": lambda: host_response.set_status("200", None),
        "fields-of-numbers": lambda: host_response.set_headers([(1, 2)]),
        "fields-of-one": lambda: host_response.set_headers([(b"a",)]),
        "fields-of-a-dict": lambda: host_response.set_headers({b"a": b"b"}),
        "content-none": lambda: host_response.set_content(None),
        "content-text": lambda: host_response.set_content("text"),
        "body-below": lambda: host_request.read_body(-1),
        "file-that-climbs": lambda: files.read("../../etc/passwd"),
        "file-of-bytes": lambda: files.read(b"/f.txt"),
        "log-level": lambda: log.write(99, "x"),
        "log-surrogates": lambda: log.write(log.Level.INFO, "\ud800"),
        "config-number": lambda: config.get(7),
        "stash-key": lambda: stash.take("x" * 100_000, "/"),
        "stash-path": lambda: stash.put(KEY, b"", 7),
        "stream-of-another": lambda: writer.write_data(b"x", False, 1 << 30),
        "stream-beyond": lambda: writer.write_data(b"x", False, 1 << 40),
        "frame-zero": lambda: writer.write_raw_data_frame(b"x", 0, True),
        "attribute": lambda: world.nothing,
        "dropped": lambda: (host_request.finalizer(), host_request.headers()),
        "forged": lambda: forged(host_request).headers(),
        "again": lambda: again(host_request, host_response),
        "call": lambda: call(999_999),
        "call-with-nothing": lambda: call(0),
    }


def forged(resource):
    """A resource that host never lent."""
    other = object.__new__(type(resource))
    other.handle = 12345
    return other


def again(host_request, host_response):
    """The runtime, from inside itself, without end."""
    import host_runtime.app

    host_runtime.app.WitWorld().main(host_request, host_response)


def call(number):
    """A function by its number, whatever it takes."""
    import componentize_py_runtime

    return componentize_py_runtime.call_import(number, [])


def main(request, response):
    ways = attempts(request, response)
    if b"how" not in request.GET:
        return " ".join(ways)
    return outcome(ways[request.GET.first(b"how").decode()])
