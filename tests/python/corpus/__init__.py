"""The same requests for the handlers of ../handlers, to two servers.

`case` is what a request or a sequence of them is; the modules `about_…` hold them.
`http1` and `http2` are the clients, which see every byte and frame, `answer` is
what they make of it. `play` sends a case, `explain` looks a difference up in
docs/compat.md, and `servers` runs wptserve.
"""
