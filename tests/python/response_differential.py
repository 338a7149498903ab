"""What handlers set on their response, on wptserve 4.0.3 and on another server.

    python3 tests/python/response_differential.py TWIN.wasm COMMAND [ARGUMENT...]

Two handlers that do what the query says, response_twin.py and
tests/guests/response-twin, are asked the same. Status, reason, fields in their
order and case, and content are compared, and whether the connection goes on.
COMMAND is run with a folder as its last argument. It serves that on 127.0.0.1 and
prints a line that says its port. A difference is a row of docs/compat.md, which
`row_of` names by the beginning of its first column, or it is printed and the exit
code is 1. Over HTTP/2 the other server must answer as over HTTP/1.
"""

import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from urllib.parse import quote

from session import Session

HERE = pathlib.Path(__file__).resolve().parent
COMPAT = HERE.parents[1] / "docs" / "compat.md"
WPTSERVE = HERE.parent / "bench" / "src" / "wptserve.py"
DEADLINE = 60  # seconds until a test gives up

# Operations of a request, separated by spaces; "+" is a space inside of one.
CASES = """
content~TEST
status~404 content~TEST
status~410~Long+gone content~TEST
status~999 content~TEST
status~299~ content~TEST
status~204
status~304
status~201~x return~TEST
return~
return~TEST
return2~X-Test~1~TEST
return3~404~X-Test~1~TEST
return3~404~Not+here~X-Test~1~TEST
content~before return~TEST
set~X-Test~0 return2~x-test~1~TEST
set~Content-Type~text/plain return2~Content-Type~text/html~TEST
set~X-A~1 set~X-B~2 set~x-a~3 content~x
append~X-A~1 append~X-B~2 append~x-a~3 content~x
append~X-A~1 append~X-B~2 set~x-a~3 content~x
append~X-A~1 append~x-a~2 append~X-B~3 set~X-a~4 append~X-A~5 content~x
update~X-A~1~x-a~2 content~x
set~X-A~1 update~X-B~1~X-a~2 content~x
set~X-A~1 replace~X-B~2 content~x
set~X-A~1 del~x-a content~x
append~X-A~1 append~X-A~2 append~X-B~3 del~X-a content~x
set~X-A~1 del~X-A set~X-A~2 content~x
del~X-A content~x
get~X-A
append~X-A~1 append~x-A~2 get~x-a get~X-B
set~X-A~1 in~x-a in~X-B
append~X-B~1 append~X-A~2 append~x-b~3 items
set~X-A~ content~x
set~X-A~+a+b+ content~x
set~X-É~1 content~x
set~X-A~é content~x
set~Content-Length~3 content~TEST
set~content-length~4 content~TEST
set~Content-Length~6 content~TEST
set~Server~mine set~Date~today content~x
set~server~mine content~x
set~Connection~close content~x
set~Transfer-Encoding~chunked content~x
bare content~x
bare set~X-A~1 set~Content-Length~1 content~x
close content~x
head-body content~TEST
cookie~a~b content~x
cookie~a~b cookie~a~c content~x
cookie~a~b~path=/p~domain=x.test~max_age=60~samesite=Strict~secure=~httponly= content~x
cookie~a~b~samesite=None~secure= content~x
cookie~a~b~max_age=0 content~x
cookie~a~ content~x
cookie~a~b+c content~x
cookie~a~b;c content~x
cookie~a~"b" content~x
cookie~a+b~c content~x
cookie~Path~c content~x
cookie~a~b unset~a content~x
cookie~a~b unset~b content~x
cookie~a~b cookie~c~d unset~a content~x
unset~a content~x
delete~a content~x
delete~a~/p~x.test content~x
cookie~a~b delete~a content~x
error~404~gone
error~404~é"\\
error~451~
error~500~broken
error~503~later
set~X-A~1 content~x error~404~gone
error~404~gone content~TEST
error~404~gone status~200
raise~404~gone
raise~418~
raise~500~inside
set~X-A~1 raise~404~gone
fail
set~X-A~1 fail
pieces~a~b~~c
pieces
status~201 set~X-A~1 pieces~a
set~Content-Length~2 pieces~a~b
write-head content~TEST
content~TEST write-head
set~Content-Length~4 write-head return~TEST
content~TEST write
content~TEST write status~500
write-head raise~404~gone
content~TEST write fail
""".split("\n")


class Answer:
    """What a client makes of an answer."""

    CONNECTION = {"server", "date", "connection", "transfer-encoding"}

    def __init__(self, status, reason, fields, body, ended):
        self.status, self.reason, self.body = status, reason, body
        self.all = [(name.lower(), value) for name, value in fields]
        self.fields = [f for f in fields if f[0].lower() not in self.CONNECTION]
        self.required = "server" in dict(self.all) and "date" in dict(self.all)
        # Whether it is known to be whole, by its length or its last chunk.
        self.ended = ended
        self.length = dict(self.all).get("content-length")

    def without(self, *names):
        fields = [f for f in self.fields if f[0].lower() not in names]
        return self.status, fields, self.body, self.required

    def as_http2(self):
        fields = {name: value for name, value in self.all if name not in self.CONNECTION}
        return self.status, fields, self.body

    def __eq__(self, other):
        return (self.without(), self.reason) == (other.without(), other.reason)


def ask(port, method, path, host="localhost:8000"):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close"]
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as connection:
        connection.sendall("\r\n".join(lines + ["", ""]).encode())
        raw = b""
        try:
            connection.shutdown(socket.SHUT_WR)
            while received := connection.recv(65536):
                raw += received
        except OSError:
            # It was faster, and has closed.
            pass
    head, _, body = raw.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    fields = [tuple(line.split(":", 1)) for line in lines if ":" in line]
    fields = [(name, value.strip()) for name, value in fields]
    known = {name.lower(): value for name, value in fields}
    ended = True
    if known.get("transfer-encoding") == "chunked":
        body, ended = joined(body)
    words = first.split(" ", 2) + ["", "", ""]
    return Answer(int(words[1] or 0), words[2], fields, body, ended)


def joined(chunks):
    """The content of chunks, and whether the last is there."""
    body = b""
    while True:
        size, found, rest = chunks.partition(b"\r\n")
        if not found or not re.fullmatch(rb"[0-9a-fA-F]+", size):
            return body + chunks, False
        length = int(size, 16)
        if length == 0:
            return body, True
        body, chunks = body + rest[:length], rest[length + 2 :]


def ask_http2(session, method, path):
    """The same."""
    stream = session.request(path, method=method, end=True)
    head = session.response(stream)
    body = session.body(stream)
    fields = [(n, v) for n, v in head.items() if not n.startswith(":")]
    return Answer(int(head[":status"]), None, fields, body, True)


def row_of(case, theirs, ours):
    """The row that explains how the answers differ."""
    ops = [op.split("~") for op in case.split(" ")]
    names = {op[0] for op in ops}
    statuses = (theirs.status, ours.status)
    pairs = sorted((name.lower(), value) for name, value in theirs.fields)
    if "fail" in names or ["raise", "500", "inside"] in ops:
        return "Tracebacks"
    if statuses == (500, 200) and names & {"unset", "del", "cookie"}:
        if "unset" in names:
            return "`unset_cookie` beside another cookie"
        if "del" in names:
            return "`del response.headers[name]`"
        return "Names of cookies that are malformed"
    if "write-head" in names and theirs.body == b"":
        return "Content behind `write_status_headers`"
    if "error" in names and theirs.status >= 500:
        return "`set_error` with 500 and above"
    if "error" in names and "content" in names:
        return "Content behind `set_error`"
    if {"error", "raise"} & names and theirs.status == ours.status:
        return "Messages of errors"
    if theirs.reason != ours.reason and theirs.without() == ours.without():
        return "Reason phrases"
    if "delete" in names:
        return "`delete_cookie`: the date"
    if theirs.status != ours.status:
        return None
    if "Transfer-Encoding" in case:
        return "`Transfer-Encoding: chunked` that a handler sets"
    if "é" in case:
        return "Text beyond ASCII in a field"
    declared = theirs.length is not None and int(theirs.length) < len(theirs.body)
    if declared and theirs.body.startswith(ours.body):
        return "`Content-Length` that is too small"
    if pairs == sorted((name.lower(), value) for name, value in ours.fields):
        return "Lines of one field that were set apart" if theirs.body == ours.body else None
    return None


# These tell of the connection, or are cut by the engine.
HTTP1_ONLY = ("Content-Length", "Transfer-Encoding", "Connection", "É", "write-head", "+a+b+")


def main():
    wasm, command = sys.argv[1], sys.argv[2:]
    known = re.findall(r"^\| (.+?) \|", COMPAT.read_text(), re.M)
    used, unexplained, compared = set(), 0, 0
    with tempfile.TemporaryDirectory() as root:
        shutil.copy(wasm, f"{root}/twin.wasm")
        shutil.copy(HERE / "response_twin.py", f"{root}/twin.py")
        # -P: the folder of the script holds its own wptserve.py.
        commands = [[sys.executable, "-P", str(WPTSERVE), root], [*command, root]]
        servers = [subprocess.Popen(c, stdout=subprocess.PIPE, text=True) for c in commands]
        try:
            ports = [port_of(server) for server in servers]
            session = Session(ports[1])
            for case in filter(None, CASES):
                query = "&".join("op=" + quote(op.replace("+", " ")) for op in case.split(" "))
                if not any(word in case for word in HTTP1_ONLY):
                    one = ask(ports[1], "GET", f"/twin?{query}", "test")
                    two = ask_http2(session, "GET", f"/twin?{query}")
                    if one.as_http2() != two.as_http2():
                        unexplained += 1
                        print("HTTP/2", case, one.__dict__, two.__dict__, sep="\n  ")
                for method in ("GET", "HEAD"):
                    theirs = ask(ports[0], method, f"/twin.py?{query}")
                    ours = ask(ports[1], method, f"/twin?{query}")
                    compared += 1
                    if theirs == ours:
                        continue
                    row = row_of(case, theirs, ours)
                    if row:
                        used.add(row)
                        continue
                    unexplained += 1
                    print(method, case, theirs.__dict__, ours.__dict__, sep="\n  ")
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


def port_of(server):
    for line in server.stdout:
        found = re.search(r"127\.0\.0\.1:(\d+)|^(\d+)$", line)
        if found:
            return int(found[1] or found[2])
    sys.exit(f"{server.args}: ended without a port")


if __name__ == "__main__":
    main()
