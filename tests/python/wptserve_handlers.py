"""wptserve 4.0.3 on a folder of handlers, as `wpt serve` has them: prints its
ports, serves until its input ends.

    python3 -P wptserve_handlers.py ROOT KEY CERTIFICATE

Beside `wptserve_both.py` it has a stash, and the root is where scripts import from.
"""

import json
import logging
import sys

from wptserve import server
from wptserve.config import ConfigBuilder
from wptserve.request import Server
from wptserve.stash import StashServer


def main():
    root, key, certificate = sys.argv[1:]
    logging.disable(logging.CRITICAL)
    # What one run leaves in the folder another must not find.
    sys.dont_write_bytecode = True
    sys.path.insert(0, root)
    tls = {"use_ssl": True, "key_file": key, "certificate": certificate}
    over_tls = {"http2": True, "handler_cls": server.Http2WebTestRequestHandler, **tls}
    servers = {
        "h1": server.WebTestHttpd(port=0, doc_root=root),
        "h2": server.WebTestHttpd(port=0, doc_root=root, **over_tls),
    }
    ports = {protocol: httpd.port for protocol, httpd in servers.items()}
    facts = {"http": [ports["h1"]], "https": [ports["h2"]]}
    ssl = {"type": "pregenerated"}
    ssl["pregenerated"] = {"host_key_path": key, "host_cert_path": certificate}
    with ConfigBuilder(logging.getLogger(), doc_root=root, ports=facts, ssl=ssl) as config:
        Server.config = config
        for httpd in servers.values():
            httpd.start()
        print(json.dumps(ports), flush=True)
        # Handlers print too, and nobody reads on.
        sys.stdout = sys.stderr
        # Whoever started it is gone when this ends, however it went.
        sys.stdin.read()


if __name__ == "__main__":
    # A process of its own: no socket of the servers may be open in it.
    with StashServer():
        main()
