"""Calls host's functions behind the runtime's back, with nonsense."""

import gc

from hostile.attempts import outcome


def attempts(request, response):
    import wit_world.imports as world
    from wit_world.imports import clock, config, files, log, random, stash

    host_request, host_response = request._host, response._host
    writer = host_response.writer()
    yield "status too large", lambda: host_response.set_status(1 << 40, None)
    yield "status below", lambda: host_response.set_status(-1, None)
    yield "status of text", lambda: host_response.set_status("200", None)
    yield "fields of numbers", lambda: host_response.set_headers([(1, 2)])
    yield "fields of one", lambda: host_response.set_headers([(b"a",)])
    yield "content of none", lambda: host_response.set_content(None)
    yield "content of text", lambda: host_response.set_content("text")
    yield "a body with a negative size", lambda: host_request.read_body(-1)
    yield "sleeping below", lambda: clock.sleep(-1)
    yield "a file that climbs", lambda: files.read("../../etc/passwd")
    yield "a file of bytes", lambda: files.read(b"/f.txt")
    yield "very much chance", lambda: len(random.bytes(1 << 40))
    yield "a log level of nonsense", lambda: log.write(99, "x")
    yield "a config of nonsense", lambda: config.get(7)
    yield "a stash key of nonsense", lambda: stash.take("x" * 100_000, "/")
    yield "a stash path of nonsense", lambda: stash.put("00000000-0000-0000-0000-000000000001", b"", 7)
    yield "a stream of another", lambda: writer.write_data(b"x", False, 1 << 31)
    yield "a stream beyond", lambda: writer.write_data(b"x", False, 1 << 40)
    yield "raw writes", lambda: writer.write_raw_bytes(b"\0" * 100)
    yield "an unknown attribute", lambda: world.nothing


def main(request, response):
    how = request.GET.first(b"how").decode()
    if how == "nonsense":
        return "\n".join(f"{name}: {outcome(attempt)}" for name, attempt in attempts(request, response))
    host_request = request._host
    if how == "dropped":
        # The resource is host's, lent for this call.
        host_request.__exit__(None, None, None)
        del host_request
        gc.collect()
        return repr(request._host.headers())
    if how == "forged":
        other = object.__new__(type(host_request))
        other.handle = 12345
        return repr(other.headers())
    if how == "again":
        import host_runtime.app

        host_runtime.app.WitWorld().main(request._host, response._host)
        return "twice"
    if how == "runtime":
        import componentize_py_runtime

        return repr(componentize_py_runtime.call_import(999_999, [], 0))
    raise ValueError(how)
