"""The same requests to wptserve 4.0.3 and to host, on HTTP/1 or HTTP/2.

    python3 tests/python/files_differential.py HOST h1|h2 [ABOUT]

Status, fields and content of the answers are compared. A difference is a row of
docs/compat.md or it is printed and the exit code is 1. With ABOUT, as in a9, only
the requests about that.
"""

import pathlib
import sys
import tempfile

from differential import compat, malformed, pipes, static, templates
from differential.answers import Http1, Http2
from differential.servers import Servers
from differential.tree import FILES

CLIENTS = {"h1": Http1, "h2": Http2}


def make(root):
    for name, content in [*FILES.items(), *templates.files()]:
        path = (root / name).resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, newline="", encoding="utf-8")


def requests(root, about):
    for module in (static, pipes, templates, malformed):
        more = (root,) if module is static else ()
        for request in module.requests(*more):
            if request.about.startswith(about):
                yield request


def main():
    binary, protocol, about = (*sys.argv[1:], "")[:3]
    used, asked, compared, wrong = set(), set(), 0, 0
    with tempfile.TemporaryDirectory() as temp:
        root, state = pathlib.Path(temp, "root"), pathlib.Path(temp, "state")
        make(root)
        with Servers(binary, root, state) as servers:
            client = CLIENTS[protocol]
            them, us = client(servers.wptserve), client(servers.host)
            for request in requests(root, about):
                if protocol not in request.on:
                    continue
                compared += 1
                asked.add(request.about)
                theirs, ours = them.ask(request), us.ask(request)
                rows = compat.explain(request, protocol, theirs, ours)
                used.update(row for row in rows if row is not None)
                if None in rows:
                    wrong += 1
                    print(request, f"compat: {request.compat}")
                    print(f"  wptserve: {theirs}\n  host:     {ours}", flush=True)
            them.close()
            us.close()
    known = compat.known()
    for row in used:
        if not any(name.startswith(row) for name in known):
            wrong += 1
            print(f"docs/compat.md has no row that begins with {row!r}")
    print(f"{compared} requests about {len(asked)} rows of the inventory")
    print(f"{wrong} differences without a row, {len(used)} rows used")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
