"""wptserve 4.0.3 on a folder, on HTTP/1 and HTTP/2: prints its ports, serves
until it is killed.

    python3 -P wptserve_both.py ROOT KEY CERTIFICATE
"""

import json
import logging
import sys
import threading

from wptserve import server
from wptserve.config import ConfigBuilder
from wptserve.request import Server

logging.disable(logging.CRITICAL)
root, key, certificate = sys.argv[1:]
tls = {"use_ssl": True, "key_file": key, "certificate": certificate}
servers = {
    "h1": server.WebTestHttpd(port=0, doc_root=root),
    "h2": server.WebTestHttpd(
        port=0,
        doc_root=root,
        http2=True,
        handler_cls=server.Http2WebTestRequestHandler,
        **tls,
    ),
}
ports = {protocol: httpd.port for protocol, httpd in servers.items()}
# Facts for templates, as host has them without a configuration.
facts = {"http": [ports["h1"]], "https": [ports["h2"]]}
ssl = {"type": "pregenerated"}
ssl["pregenerated"] = {"host_key_path": key, "host_cert_path": certificate}
with ConfigBuilder(
    logging.getLogger(), doc_root=root, ports=facts, ssl=ssl
) as config:
    Server.config = config
    for httpd in servers.values():
        httpd.start()
    print(json.dumps(ports), flush=True)
    threading.Event().wait()
