"""The request as handlers see it, on wptserve 4.0.3 and on another server.

    python3 tests/python/request_differential.py TWIN.wasm COMMAND [ARGUMENT...]

Two handlers that say the same, tests/python/twin.py and tests/guests/twin, are
asked the same (request_cases.py) on HTTP/1 and on HTTP/2. COMMAND is run with a
folder as its last argument, which has the handler. It serves that on 127.0.0.1
and prints a line that says its port. A difference is a row of docs/compat.md,
which `row_of` names by the beginning of its first column, or it is printed and the
exit code is 1.
"""

import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile

from request_cases import NAMES, cases
from session import Session

HERE = pathlib.Path(__file__).resolve().parent
COMPAT = HERE.parents[1] / "docs" / "compat.md"
DEADLINE = 60  # seconds until a test gives up


def ask_http1(port, case, half_close=False):
    """Status and content of the answer; status 0 where there is none, which a
    server shows that closes behind a client that has ended its side."""
    lines = [f"{case.method} {case.target} HTTP/{case.version}"]
    if case.host is not False:
        lines.append(f"Host: {case.host if case.host is not None else 'localhost:8000'}")
    lines.append("Connection: close")
    lines += [f"{name}: {value}" for name, value in case.fields]
    if case.body and case.group != "length":
        lines.append(f"Content-Length: {len(case.body)}")
    head = "\r\n".join(lines + ["", ""]).encode("latin-1")
    with socket.create_connection(("127.0.0.1", port), timeout=DEADLINE) as connection:
        connection.sendall(head + case.body)
        if half_close:
            connection.shutdown(socket.SHUT_WR)
        raw = b""
        try:
            while received := connection.recv(65536):
                raw += received
        except ConnectionResetError:
            pass
    head, _, content = raw.partition(b"\r\n\r\n")
    status = head.split(b" ")[1] if b" " in head else b"0"
    return int(status), content


def ask_http2(session, case):
    fields = [(name.lower(), value) for name, value in case.fields]
    if case.body:
        fields.append(("content-length", str(len(case.body))))
    stream = session.request(case.target, *fields, method=case.method, end=not case.body)
    if case.body:
        session.data(stream, case.body, end=True)
    status = session.response(stream)[":status"]
    return int(status), session.body(stream)


def values(answer, port):
    """What a twin said, flat; what differs by the port alone is the same."""
    status, content = answer
    if status != 200:
        return {"status": status}
    found = {"status": status}

    def walk(key, value):
        if isinstance(value, dict):
            for name, inner in value.items():
                walk(f"{key}.{name}" if key else name, inner)
        elif value == port:
            found[key] = "PORT"
        elif isinstance(value, str):
            found[key] = value.replace(f":{port}", ":PORT")
        else:
            found[key] = value

    walk("", json.loads(content))
    return found


URL_PARTS = [f"url_parts.{part}" for part in ("scheme", "netloc", "hostname", "port")]


def row_of(case, version, key, theirs, ours):
    """The row that explains how one value differs; None where there is none."""
    top = key.split(".")[0]
    fields = {name.lower(): value for name, value in case.fields}
    repeated = len(fields) != len(case.fields)
    if key == "status":
        return status_row(case, theirs, ours)
    if key == "protocol" and (theirs, ours) == ("HTTP/1.1", "HTTP/1.0"):
        return "`protocol_version`"
    of_fields = key.startswith("headers.") or (key == "raw_headers" and version == 2)
    if repeated and of_fields:
        return "`headers`: a field that came more than once"
    if key in ("headers.items", "raw_headers") and any(v != v.rstrip() for v in fields.values()):
        return "White space behind the value"
    if key.startswith("url") and not case.target.isascii():
        return "`url` of a target with bytes beyond ASCII"
    if version == 2:
        if key in ("headers.items", "raw_headers") and is_pseudo(theirs, ours):
            return "`headers` on HTTP/2"
        if key == "url" or key in URL_PARTS:
            return "`url` on HTTP/2"
        if case.body and top in ("body", "POST", "input", "tell"):
            return "Bodies on HTTP/2"
    if case.group in ("target", "host") and top in ("url", "url_parts"):
        return url_row(case, key, theirs, ours)
    if top == "cookies":
        return cookie_row(fields.get("cookie", ""), repeated)
    if top == "auth":
        return auth_row(fields["authorization"], ours)
    if top == "POST":
        return post_row(case, fields, key, theirs, ours)
    if key == "tell" and theirs == len(case.body):
        return "`raw_input` after `POST` has failed"
    if key == "input" and "seek:2&input=seek:12" in case.target:
        return "`raw_input.seek` forward"
    return None


def is_pseudo(theirs, ours):
    """Whether they differ by the pseudo-header fields alone."""
    pseudo = ("method", "path", "scheme", "authority")
    if isinstance(theirs, str):
        theirs, ours = theirs.split("\n"), ours.split("\n")
        return [line for line in theirs if line.split(":")[0] not in pseudo] == ours
    return [pair for pair in theirs if pair[0] not in pseudo] == ours


def status_row(case, theirs, ours):
    if case.group == "host" and ours == 400:
        return "`Host` that is none"
    if case.group == "length" and (ours == 400 or theirs == 0):
        return "`Content-Length` that is no number"
    if case.target.startswith("/twin#") and ours == 404:
        return "`#` in a target"
    return None


def url_row(case, key, theirs, ours):
    absolute = "://" in case.target.split("?")[0]
    if absolute and not case.target.startswith("http:"):
        return "`url` of a target in absolute form with another scheme"
    if absolute and key == "url_parts.port" and theirs is None:
        return "`url_parts.port` where the target"
    authority = case.host if case.host else ""
    if authority.startswith("[") or authority.endswith(":") or authority == "":
        return "`url` where `Host` is an IPv6 address"
    return None


def cookie_row(cookie, repeated):
    pairs = [pair.partition("=") for pair in cookie.split(";") if pair.strip()]
    keys = [key.strip() for key, _, _ in pairs]
    attributes = {"path", "secure", "expires", "domain", "httponly", "$version", "$path"}
    if attributes & {key.lower() for key in keys}:
        return "Cookies that are named like attributes"
    if repeated or len(keys) != len(set(keys)):
        return "Cookies of one name"
    return "A pair of cookies that Python cannot read"


def auth_row(value, ours):
    scheme, _, rest = value.partition(" ")
    if scheme.lower() == "basic" and scheme != "Basic":
        return "`auth`: the scheme in another case"
    if scheme == "Basic" and ours is not None:
        return "`auth`: padding that is missing"
    if scheme == "Basic" and rest.strip():
        return "`auth`: credentials that are malformed"
    return None


def post_row(case, fields, key, theirs, ours):
    kind = fields.get("content-type")
    if case.method.upper() in ("GET", "HEAD"):
        return "`POST` of a GET or HEAD"
    if key == "POST.items" and theirs and sorted(theirs) == sorted(ours):
        return "`POST.items()`"
    if theirs is not None:
        return None
    kind = (kind or "").split(";")[0].strip()
    if not kind.lower().startswith(("multipart/", "application/x-www-form-urlencoded")):
        return "`POST` of a body that is no form"
    if kind.lower() != kind:
        return "`POST`: a type in another case"
    if kind.startswith("multipart/"):
        return "`POST`: a part without a name"
    return None


class Server:
    """A server that is killed with the block."""

    def __init__(self, command):
        self.command = command

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True)
        for line in self.process.stdout:
            found = re.search(r"127\.0\.0\.1:(\d+)|^(\d+)$", line)
            if found:
                self.port = int(found[1] or found[2])
                return self
        sys.exit(f"{self.command}: ended without a port")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def compare(case, version, theirs, ours, used):
    """Prints what differs and has no row; gives how much that is."""
    keys = theirs.keys() | ours.keys()
    if theirs["status"] != ours["status"]:
        keys = {"status"}
    unexplained = 0
    for key in sorted(keys):
        pair = theirs.get(key), ours.get(key)
        if pair[0] == pair[1]:
            continue
        row = row_of(case, version, key, *pair)
        if row:
            used.add(row)
            continue
        unexplained += 1
        print(f"HTTP/{version} {case}", *(f"{key}: {value!r}" for value in pair), sep="\n  ")
    return unexplained


def main():
    wasm, command = sys.argv[1], sys.argv[2:]
    known = re.findall(r"^\| (.+?) \|", COMPAT.read_text(), re.M)
    twin = [sys.executable, str(HERE / "twin.py")]
    used = set()
    unexplained = compared = 0
    with (
        tempfile.TemporaryDirectory() as root,
        Server([*twin, "1"]) as one,
        Server([*twin, "2"]) as two,
    ):
        shutil.copy(wasm, f"{root}/twin.wasm")
        with Server([*command, root]) as host:
            sessions = [Session(two.port), Session(host.port)]
            for case in cases():
                # wptserve leaves some requests without an answer. To host a client
                # that ends its side is gone.
                answers = ask_http1(one.port, case, True), ask_http1(host.port, case)
                seen = map(values, answers, (one.port, host.port))
                unexplained += compare(case, 1, *seen, used)
                compared += 1
                if not case.h1:
                    answers = [ask_http2(session, case) for session in sessions]
                    seen = map(values, answers, (two.port, host.port))
                    unexplained += compare(case, 2, *seen, used)
                    compared += 1
    for row in used:
        if not any(name.startswith(row) for name in known):
            unexplained += 1
            print(f"docs/compat.md has no row that begins with {row!r}")
    print(f"{compared} requests, {unexplained} differences without a row, {len(used)} rows used")
    sys.exit(bool(unexplained))


if __name__ == "__main__":
    main()
