"""host and wptserve on one folder, each on HTTP/1 and HTTP/2."""

import json
import pathlib
import subprocess
import sys

WPTSERVE = pathlib.Path(__file__).resolve().parents[1] / "wptserve_both.py"


class Servers:
    """Both of them; `host` and `wptserve` are their ports by protocol."""

    def __init__(self, binary, root, state):
        self.processes = []
        serve = [
            *(binary, "serve", "--listen", "127.0.0.1:0"),
            *("--tls-listen", "127.0.0.1:0", "--format", "json", "--log", "error"),
            *("--state", state, "--plugins", root),
        ]
        ready = json.loads(self.start(serve))
        ports = [int(url.rstrip("/").rsplit(":", 1)[1]) for url in ready["urls"]]
        self.host = dict(zip(("h1", "h2"), ports))
        # host's certificate serves both.
        pair = [f"{state}/host-key.pem", f"{state}/host.pem"]
        # -P: the folder of the script is no place to import from.
        command = [sys.executable, "-P", str(WPTSERVE), str(root), *pair]
        self.wptserve = json.loads(self.start(command))

    def start(self, command):
        """Its first line."""
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.processes.append(server)
        line = server.stdout.readline()
        if not line:
            sys.exit(f"{command}: ended without a word")
        return line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.processes:
            server.kill()
            server.wait()
