"""wptserve 4.0.3 on a folder: prints its port, serves until it is killed."""
import logging
import sys
import threading

from wptserve import server

logging.disable(logging.CRITICAL)
httpd = server.WebTestHttpd(host="127.0.0.1", port=0, doc_root=sys.argv[1])
httpd.start()
print(httpd.port, flush=True)
threading.Event().wait()
