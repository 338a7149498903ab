"""The same requests for files, to wptserve 4.0.3 and to another server.

    python3 tests/python/files_differential.py COMMAND [ARGUMENT...]

COMMAND is run with a folder as its last argument. It serves that on 127.0.0.1
and prints a line that says its port. Status, fields and content of the answers
are compared. A difference is a row of docs/compat.md, which `ROWS` names by the
beginning of its first column, or it is printed and the exit code is 1.
"""

import pathlib
import re
import socket
import subprocess
import sys
import tempfile
from urllib.parse import quote

HERE = pathlib.Path(__file__).resolve().parent
COMPAT = HERE.parents[1] / "docs" / "compat.md"
WPTSERVE = HERE.parent / "bench" / "src" / "wptserve.py"

FILES = {
    "a.txt": "0123456789",
    "a..b": "dots",
    "x;y": "semicolon",
    "empty.txt": "",
    "noext": "x",
    "UPPER.HTML": "x",
    "font.woff2": "x",
    "page.html": "<p>",
    "data.json": "{}",
    "song.wav": "x",
    "app.manifest": "x",
    "sp ace.md": "x",
    "t.sub.html": "{{GET[q]}} {{headers[X-Test]}}",
    "t.sub.js": "{{GET[q]}} {{headers[X-Test]}}",
    "bad.sub.txt": "{{nothing}}",
    "f.sub.d/t.txt": "{{GET[q]}}",
    "h.html": "x",
    "h.html.headers": "X-A: 1\r\nX-B: 0\nX-A: 2\nx-a:3\n\nContent-Type: a/b\n",
    "two.txt": "0123456789",
    "two.txt.headers": "Content-Type: a/b\nContent-Type: c/d",
    "s.txt": "x",
    "s.txt.headers": "Plain: 1",
    "s.txt.sub.headers": "Query: {{GET[q]}}",
    "bad.txt": "x",
    "bad.txt.headers": "no colon",
    "short.txt": "hello",
    "short.txt.headers": "Content-Length: 3",
    "d/__dir__.headers": "X-Dir: 1\nContent-Type: text/plain",
    "d/g.txt": "x",
    "d/g.txt.headers": "X-Dir: 2",
    "d/deep/h.txt": "x",
    "list/a": "",
    "list/a-b": "",
    "list/a.headers": "",
    "list/b": "",
    "list/<&'\">": "",
    "list/é": "",
    "list/sub/x": "",
    "index/index.html": "index",
    "../rootx/secret": "secret",
}

RANGES = (
    "0-4 5- -3 -30 - 0-99 9-9 1-2,2-4 1-2,3-4 1-2,4-5 8-9,0-1 0_1-0_2 +1-2 007-8 "
    "10- 5-2 -0 , 0-1, 1-2-3 a-b 1__0-12 _1-2 1_-2 --1 0-1,20-30 0-9,2-3,5-6 0-é"
).split()

FOLDERS = [
    "/list",
    "/list/",
    "/list?x=1",
    "/list/?x=1",
    "/%6cist/",
    "/list/sub",
    "/d/",
    "/index/",
    "/list?pipe=status(500)",
    "/list/?pipe=status(500)",
]

REFUSED = [
    "/none",
    "/none/",
    "/none?pipe=status(200)",
    "/a.txt/",
    "/a.txt/x",
    "/../a.txt",
    "/d/../a.txt",
    "/%2e%2e/x",
    "/a.txt%20",
    "/A.TXT",
    "/a%00",
    "/" + "x" * 300,
]

CONDITIONS = [
    ("If-None-Match", "*"),
    ("If-Modified-Since", "Sun, 06 Nov 2044 08:49:37 GMT"),
    ("If-Match", '"x"'),
    ("If-Range", '"x"'),
]


def requests(root):
    """Method, path and fields of each request."""
    for name in FILES:
        if not name.startswith(".."):
            for method in ("GET", "HEAD"):
                yield method, f"/{quote(name)}?q=%3C1%3E", [("X-Test", "<2>")]
    for name in ("a.txt", "empty.txt", "two.txt"):
        for value in RANGES:
            yield "GET", f"/{name}", [("Range", f"bytes={value}")]
    for unit in ("Bytes=0-1", "lines=0-1", "bytes", "bytes =0-1"):
        yield "GET", "/a.txt", [("Range", unit)]
    for value in ("0-1", "0-1,4-5", "99-"):
        yield "HEAD", "/a.txt", [("Range", f"bytes={value}")]
        yield "GET", "/a.txt?pipe=status(404)|slice(1)", [("Range", f"bytes={value}")]
    for path in FOLDERS + REFUSED:
        for method in ("GET", "HEAD"):
            yield method, path, []
    for path in (f"{root}x/secret", f"{root}/a.txt"):
        yield "GET", "/" + quote(path, safe=""), []
    for method in ("POST", "PUT", "OPTIONS", "foo"):
        for path in ("/a.txt", "/list/", "/none"):
            yield method, path, []
    for condition in CONDITIONS:
        yield "GET", "/a.txt", [condition]
        yield "GET", "/a.txt", [condition, ("Range", "bytes=0-1")]
        yield "GET", "/t.sub.js?q=1", [condition, ("X-Test", "2")]


class Answer:
    """Status, fields and content, without what belongs to the connection."""

    CONNECTION = {"server", "date", "connection", "transfer-encoding"}

    def __init__(self, raw):
        head, _, body = raw.partition(b"\r\n\r\n")
        boundary = re.search(rb"boundary=([0-9a-f-]{36})", head)
        if boundary:
            head = head.replace(boundary[1], b"BOUNDARY")
            body = body.replace(boundary[1], b"BOUNDARY")
        first, *lines = head.decode("latin-1").split("\r\n")
        self.status = int(first.split(" ")[1])
        fields = [line.split(":", 1) for line in lines]
        fields = [(name.lower(), value.strip()) for name, value in fields]
        self.length = dict(fields).get("content-length")
        self.fields = [pair for pair in fields if pair[0] not in self.CONNECTION]
        self.body = body

    def without(self, *names):
        """Status, fields but for these, and content."""
        fields = [pair for pair in self.fields if pair[0] not in names]
        return self.status, fields, self.body


def differs_in(request, theirs, ours):
    """The rows that explain how the answers differ; None is no explanation."""
    method, path, fields = request
    fields = dict(fields)
    validators = {"etag", "last-modified", "accept-ranges", "cache-control"}
    added = validators & {name for name, _ in ours.fields}
    ignored = added | {"content-length"}
    rows = []
    if added:
        rows += ["Validators", "`Cache-Control`"]
    if theirs.length != ours.length and theirs.length is None:
        rows.append("Content-Length of files")
    if theirs.without(*ignored) == ours.without(*ignored):
        return rows
    statuses = (theirs.status, ours.status)
    pair = {name for name, _ in set(theirs.fields) ^ set(ours.fields)} - ignored
    if ".." in path and statuses == (404, 200):
        return rows + ["`..` in a name"]
    if "%2F" in path and statuses == (200, 404):
        return rows + ["`%2F` in a path"]
    if "%00" in path and theirs.status == 500 and ours.status in (400, 404):
        return rows + ["NUL in a path"]
    if method not in ("GET", "HEAD") and statuses == (404, 405):
        return rows + ["Methods other than GET and HEAD"]
    if set(fields) & dict(CONDITIONS).keys() and ".sub." not in path:
        return rows + ["Conditional requests"]
    if statuses == (500, 400) and "é" in fields.get("Range", ""):
        return rows + ["`Range` that is not ASCII"]
    if "0-9,2-3,5-6" in fields.get("Range", "") and statuses == (206, 206):
        return rows + ["A range around two or more others"]
    if path.startswith("/index/") and statuses == (200, 200):
        return rows + ["A folder with `index.html`"]
    if theirs.status != ours.status:
        return [None]
    if theirs.status == 416 and pair <= {"content-range"}:
        return rows + ["416: `Content-Range`", "Messages of errors"]
    if theirs.status >= 400 and not pair:
        return rows + ["Messages of errors"]
    if theirs.status == 301 and "?" in path and pair == {"location"}:
        return rows + ["Folder without its slash"]
    if pair == {"content-type"} and ("UPPER" in path or "woff2" in path):
        return rows + ["Types of files"]
    if "short.txt" in path and theirs.body.startswith(ours.body):
        return rows + ["`.headers` with a `Content-Length` that is too small"]
    return [None]


def ask(port, method, path, fields):
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost:8000", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in fields]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines + ["", ""]).encode())
        raw = b"".join(iter(lambda: connection.recv(65536), b""))
    return Answer(raw)


def port_of(server):
    for line in server.stdout:
        found = re.search(r"127\.0\.0\.1:(\d+)|^(\d+)$", line)
        if found:
            return int(found[1] or found[2])
    sys.exit(f"{server.args}: ended without a port")


def main():
    known = re.findall(r"^\| (.+?) \|", COMPAT.read_text(), re.M)
    used = set()
    unexplained = compared = 0
    with tempfile.TemporaryDirectory() as temp:
        root = pathlib.Path(temp) / "root"
        for name, content in FILES.items():
            path = (root / name).resolve()
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, newline="")
        # -P: the folder of the script holds its own wptserve.py.
        commands = [[sys.executable, "-P", str(WPTSERVE)], sys.argv[1:]]
        servers = [
            subprocess.Popen([*command, str(root)], stdout=subprocess.PIPE, text=True)
            for command in commands
        ]
        try:
            ports = [port_of(server) for server in servers]
            for request in requests(root):
                theirs, ours = (ask(port, *request) for port in ports)
                compared += 1
                rows = differs_in(request, theirs, ours)
                if None in rows:
                    unexplained += 1
                    print(request, theirs.__dict__, ours.__dict__, sep="\n  ")
                used.update(row for row in rows if row)
        finally:
            for server in servers:
                server.kill()
                server.wait()
    for row in used:
        if not any(name.startswith(row) for name in known):
            unexplained += 1
            print(f"docs/compat.md has no row that begins with {row!r}")
    print(f"{compared} requests, {unexplained} differences without a row, {len(used)} rows used")
    sys.exit(bool(unexplained))


if __name__ == "__main__":
    main()
