"""What else is known of a request."""

import json
import os
import re

from wptserve.utils import isomorphic_decode


def main(request, response):
    how = request.GET.first(b"how", b"route")
    if how == b"route":
        seen = request.route_match
    elif how == b"base":
        seen = request.url_base
    elif how == b"line":
        seen = request.request_line
    elif how == b"version":
        seen = request.protocol_version
    elif how == b"address":
        address, port = request.client_address[:2]
        seen = [address, isinstance(port, int) and 0 < port < 65536]
    elif how == b"root":
        # Where it is differs; that this file is below does not.
        path = os.path.join(request.doc_root, "request", "facts.py")
        seen = [os.path.isabs(request.doc_root), os.path.samefile(path, __file__)]
    elif how == b"repr":
        seen = bool(re.match(r"<Request \w+ http[s2]?://.*>$", repr(request)))
    else:
        seen = [type(request.headers).__name__, type(request.GET).__name__]
    return json.dumps(seen, default=isomorphic_decode)
