"""wptserve and host on the folder of handlers, and how another server is reached."""

import json
import pathlib
import subprocess
import sys
import urllib.request
from urllib.parse import urlsplit

HERE = pathlib.Path(__file__).resolve().parents[1]
HANDLERS = HERE / "handlers"


class Wptserve:
    """It, with its ports by protocol. The folder `state` is for its certificate."""

    def __init__(self, state):
        key, certificate = pathlib.Path(state, "key.pem"), pathlib.Path(state, "cert.pem")
        if not key.exists():
            make = ["openssl", "req", "-x509", "-newkey", "ec", "-nodes", "-days", "2"]
            make += ["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=localhost"]
            make += ["-keyout", str(key), "-out", str(certificate)]
            subprocess.run(make, check=True, capture_output=True)
        # -P: the folder of the script is no place to import from.
        script = [sys.executable, "-P", str(HERE / "wptserve_handlers.py")]
        self.process = subprocess.Popen(
            [*script, str(HANDLERS), str(key), str(certificate)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # Threads that die of what handlers raise say so at length.
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            sys.exit("wptserve ended without a word")
        self.ports = json.loads(line)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # It ends with its input.
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Host:
    """The binary, as `host serve`; what it compiles and its certificate go to `state`."""

    def __init__(self, binary, state):
        serve = [
            *(binary, "serve", "--listen", "127.0.0.1:0"),
            *("--tls-listen", "127.0.0.1:0", "--format", "json", "--log", "error"),
            *("--state", str(state), "--plugins", str(HANDLERS)),
        ]
        self.process = subprocess.Popen(serve, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{serve}: ended without a word")
        self.ports = reached(json.loads(line)["urls"])
        # Compiling the interpreter, where nobody has, takes longer than a client waits.
        hello = f"http://127.0.0.1:{self.ports['h1']}/returns/nothing.py"
        urllib.request.urlopen(hello, timeout=300).close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def reached(urls):
    """The ports of a server by protocol: http is HTTP/1, https is HTTP/2 by ALPN."""
    ports = {}
    for url in urls:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.port is None:
            sys.exit(f"{url}: no http://127.0.0.1:PORT or https://127.0.0.1:PORT")
        ports["h1" if parts.scheme == "http" else "h2"] = parts.port
    return ports
