"""The same routes in wptserve 4.0.3 and in host, and the same requests to both.

    python3 tests/python/routes_differential.py HOST

HOST is the binary. Status, type and content of the answers are compared, by every
method. A difference is a row of docs/compat.md, which is named by the beginning
of its first column, or it is printed and the exit code is 1.
"""

import itertools
import logging
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
from types import SimpleNamespace

from wptserve import handlers, routes, server

COMPAT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "compat.md"

FILES = {
    "main/a.txt": "a",
    "main/api/own": "own",
    "main/text": "unreached",
    "main/dom/tools/x": "tool",
    "main/tools/x": "tool",
    "main/_certs/key": "key",
    "main/d/b.txt": "b",
    "main/m/lost.txt": "lost",
    "shared/s.txt": "shared",
    "shared/n/deep.txt": "unreached",
    "shared/deep/s.sub.txt": "{{url_base}} {{GET[a]}} {{location[path]}}",
    "other/deep.txt": "other",
}

CONFIG = """
plugins = "main"
route = [
    { path = "/short", methods = ["GET"], rewrite = "/api/7/x" },
    { path = "/other", rewrite = "/text" },
    { path = "/certs", rewrite = "/_certs/key" },
    { path = "/_certs/*", error = 404 },
    { path = "{spec}/tools/*", error = 404 },
    { path = "/no/*", error = 403 },
    { path = "api/{id}/*", methods = ["GET"], text = "got" },
    { path = "api/{id}/*", methods = ["POST", "PUT"], text = "posted" },
    { path = "/text", methods = ["GET"], text = "say {{GET[a]}}", type = "text/x", headers = { X-A = "b" } },
    { path = "/any", text = "any", type = "text/y" },
    { path = "*.gen", methods = ["GET"], text = "generated" },
    { path = "/m/n/*", methods = ["GET"], folder = "other" },
    { path = "/m/*", methods = ["GET"], folder = "shared" },
]
"""

METHODS = ["GET", "HEAD", "POST", "PUT", "OPTIONS"]
PATHS = [
    "/a.txt", "/short", "/short?pipe=slice(1)", "/short/", "/other?a=1&pipe=sub", "/other", "/certs",
    "/_certs/key", "/_certs/", "/_certs", "/%5fcerts/key", "/dom/tools/x", "/dom/tools/", "/tools/x",
    "/dom/x/tools/x", "/no/", "/no/way", "/no", "/api/7/x", "/api/7/", "/api/7", "/api/own", "/api//x",
    "/text", "/text/", "/text?a=hi&pipe=sub", "/text?a=hi&pipe=sub|status(201)", "/text?pipe=slice(1,3)",
    "/any", "/any?pipe=header(X-A,c)", "/x.gen", "/d/x.gen", "/.gen", "/x.gen?pipe=status(404)", "/x.gen/",
    "/m/s.txt", "/m/s.txt?pipe=slice(1)", "/m/deep/s.sub.txt?a=b", "/m/n/deep.txt", "/m/n/none", "/m/lost.txt",
    "/m/none", "/m/x.gen", "/d/b.txt", "/d/none", "/none",
]

NO_METHOD = "A path that has routes, or a file"
SPELLING = "A route that refuses"
HEAD = "A rewrite for GET, and HEAD"


def wptserve(root):
    text = handlers.StringHandler
    plain = "text/plain;charset=utf-8"
    mount = lambda folder, base: handlers.FileHandler(str(root / folder), base)
    table = [
        ("*", "/_certs/*", handlers.ErrorHandler(404)),
        ("*", "{spec}/tools/*", handlers.ErrorHandler(404)),
        ("*", "/no/*", handlers.ErrorHandler(403)),
        ("GET", "api/{id}/*", text("got", plain)),
        (["POST", "PUT"], "api/{id}/*", text("posted", plain)),
        ("GET", "/text", text("say {{GET[a]}}", "text/x", X_A="b")),
        ("*", "/any", text("any", "text/y")),
        ("GET", "*.gen", text("generated", plain)),
        ("GET", "/m/n/*", mount("other", "/m/n/")),
        ("GET", "/m/*", mount("shared", "/m/")),
    ]
    rewrites = [
        ("GET", "/short", "/api/7/x"),
        ("*", "/other", "/text"),
        ("*", "/certs", "/_certs/key"),
    ]
    httpd = server.WebTestHttpd(
        host="127.0.0.1",
        port=0,
        doc_root=str(root / "main"),
        routes=table + routes.routes,
        rewrites=rewrites,
    )
    httpd.start()
    return httpd


SAME, WRONG = "same", "wrong"


def compare(method, path, theirs, ours):
    """`SAME`, `WRONG`, or the row that is the reason of the difference."""
    values = lambda answer, name: [value for field, value in answer.fields if field == name]
    if theirs.status == 404 and ours.status == 405:
        allowed = values(ours, "allow")[0].split(", ")
        return WRONG if method in allowed else NO_METHOD
    if "%" in path and (theirs.status, ours.status) == (200, 404):
        return SPELLING
    if method == "HEAD" and path.startswith("/short") and theirs.status == 404:
        return HEAD
    if theirs.status != ours.status:
        return WRONG
    if ours.status >= 400:
        # Messages are in a row of their own.
        return SAME
    fields = ["content-type", "x-a"]
    same = theirs.body == ours.body and all(values(theirs, f) == values(ours, f) for f in fields)
    return SAME if same else WRONG


def ask(port, method, path, fields):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost:8000", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in fields]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines + ["", ""]).encode())
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = [line.split(":", 1) for line in lines]
    fields = [(name.lower(), value.strip()) for name, value in pairs]
    return SimpleNamespace(status=int(first.split(" ")[1]), fields=fields, body=body)


def port_of(process):
    for line in process.stdout:
        found = re.search(r"127\.0\.0\.1:(\d+)", line)
        if found:
            return int(found[1])
    sys.exit(f"{process.args}: ended without a port")


def main():
    logging.disable(logging.CRITICAL)
    known = re.findall(r"^\| (.+?) \|", COMPAT.read_text(), re.M)
    used, wrong = set(), 0
    with tempfile.TemporaryDirectory() as temp:
        root = pathlib.Path(temp).resolve()
        for name, content in FILES.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
        config = root / "host.toml"
        config.write_text(CONFIG)
        flags = ["--listen", "127.0.0.1:0", "--no-tls", "--state", str(root / "state")]
        command = [sys.argv[1], "serve", *flags, "--config", str(config)]
        host = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            ports = [wptserve(root).port, port_of(host)]
            for method, path in itertools.product(METHODS, PATHS):
                theirs, ours = (ask(port, method, path, []) for port in ports)
                found = compare(method, path, theirs, ours)
                used.add(found)
                if found == WRONG:
                    wrong += 1
                    print(method, path, theirs.__dict__, ours.__dict__, sep="\n  ")
        finally:
            host.kill()
            host.wait()
    for row in [NO_METHOD, SPELLING, HEAD]:
        if row not in used or not any(name.startswith(row) for name in known):
            wrong += 1
            print(f"docs/compat.md has no row that begins with {row!r}, or needs none")
    print(f"{len(METHODS) * len(PATHS)} requests, {wrong} differences without a row")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
