"""Scripts on HTTP/2, in the sandbox and in wptserve, over real connections.

    python3 tests/trial/wire.py HOST:PORT KEY CERTIFICATE

host serves a folder there with `hooks.wasm` (of `hooks_app.py`) and `tests/scripts`
beside it. KEY and CERTIFICATE are any pair in PEM, for wptserve. Exits with 1, and says
where, if a client would see something else than from wptserve.
"""

import json
import os
import socket
import ssl
import subprocess
import sys

import h2.config
import h2.connection
import h2.events

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WPTSERVE = os.path.join(TESTS, "..", "..", "..", "tests", "python", "wptserve_both.py")

# What each server adds in its own way.
SERVER_FIELDS = (b"server", b"date", b"content-length")

CASES = [
    ("/h2_early_hints.py", []), ("/h2_early_hints.py", [b"abc", b"def"]),
    ("/h2_upload.py", [b"a", b"b"]), ("/h2_frames.py", []), ("/h2_headers.py", []),
    ("/h2_stream.py", []), ("/h2_data.py", [b"ab", b"", b"c"]), ("/hello.py", []),
    ("/returns.py?as=three", []), ("/returns.py?as=generator", []), ("/returns.py?as=list", []),
    ("/setting.py", []), ("/errors.py?as=set", []), ("/errors.py?as=raise", []),
    ("/json_answer.py?tuple", []), ("/statuses.py?as=pair", []), ("/decorated.py", []),
]


def ask(connected, path, pieces):
    """What a client sees: heads, content, and how it ended."""
    connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
    connection.initiate_connection()
    head = [(":method", "POST" if pieces else "GET"), (":scheme", "http"),
            (":authority", "localhost"), (":path", path)]
    connection.send_headers(1, head, end_stream=not pieces)
    for number, piece in enumerate(pieces, 1):
        connection.send_data(1, piece, end_stream=number == len(pieces))
    connected.sendall(connection.data_to_send())
    heads, content = [], b""
    while data := connected.recv(65536):
        for event in connection.receive_data(data):
            if hasattr(event, "headers"):
                fields = [f for f in map(tuple, event.headers) if f[0] not in SERVER_FIELDS]
                heads.append((type(event).__name__, fields))
            elif isinstance(event, h2.events.DataReceived):
                content += event.data
                connection.acknowledge_received_data(event.flow_controlled_length, 1)
            elif isinstance(event, (h2.events.StreamEnded, h2.events.StreamReset)):
                return heads, content, type(event).__name__
        connected.sendall(connection.data_to_send())
    return heads, content, "closed"


def main():
    host, key, certificate = sys.argv[1:]
    address = host.rsplit(":", 1)
    scripts = os.path.join(TESTS, "scripts")
    wptserve = subprocess.Popen([sys.executable, "-P", WPTSERVE, scripts, key, certificate],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    tls.check_hostname, tls.verify_mode = False, ssl.CERT_NONE
    tls.set_alpn_protocols(["h2"])
    failed = 0
    try:
        port = json.loads(wptserve.stdout.readline())["h2"]
        for path, pieces in CASES:
            with socket.create_connection(("127.0.0.1", port), 60) as plain, \
                    tls.wrap_socket(plain) as connected:
                theirs = ask(connected, path, pieces)
            name, _, query = path.partition("?")
            with socket.create_connection(address, 60) as connected:
                ours = ask(connected, "/hooks?%s&script=%s" % (query or "x", name), pieces)
            # The words of error pages are host's (docs/compat.md).
            if theirs[1].startswith(b'{"error"') and ours[1].startswith(b'{"error"'):
                theirs, ours = theirs[0], ours[0]
            if theirs != ours:
                failed += 1
                print("%s %s\n  wptserve %r\n  host     %r" % (path, pieces, theirs, ours))
    finally:
        wptserve.kill()
        wptserve.wait()
    print("%d requests, %d differences" % (len(CASES), failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
