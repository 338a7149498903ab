"""The runtime beside wptserve 4.0.3: the same scripts, the same requests.

    python tests/differential.py BINDINGS [PYTHON]

BINDINGS is a folder that `componentize-py ... bindings` has filled; PYTHON the
interpreter for the runtime's side, this one if none is named. wptserve must be
installed for this one. Exits with 1, and says where, if answers differ.
"""

import http.client
import json
import os
import subprocess
import sys

from wptserve import server, stash

HERE = os.path.dirname(os.path.abspath(__file__))
SCRIPTS = os.path.join(HERE, "scripts")

# Fields that the server adds, or that say how the content ends: host frames answers in
# its own way (docs/compat.md, Responses).
SERVER_FIELDS = {"server", "date", "content-length", "transfer-encoding", "connection"}

FORM = [("Content-Type", "application/x-www-form-urlencoded")]
MULTIPART = [("Content-Type", "multipart/form-data; boundary=X")]
PARTS = ('--X\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n'
         '--X\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\n'
         'Content-Type: text/x\r\n\r\nfile\r\n--X--\r\n')


def case(target, method="GET", fields=(), body=""):
    return {"method": method, "target": target, "fields": list(fields), "body": body}


def cases():
    yield case("/hello.py")
    yield case("/hello.py", "HEAD")
    yield case("/hello.py", "DELETE")
    yield case("/query.py?a=1&b=&a=%ff+x&c=%26")
    yield case("/headers.py", fields=[("X-One", "1"), ("X-Two", "two")])
    yield case("/facts.py?a=b%20c&d")
    yield case("/facts.py", "foo")
    yield case("/body.py", "POST", body="line 1\nline 2\nline 3")
    yield case("/body.py", "PUT", body="no line")
    yield case("/form.py", "POST", FORM, "a=1&a=2&b=%ff+c&d=")
    yield case("/form.py", "PUT", FORM, "a=1")
    yield case("/form.py", "POST", MULTIPART, PARTS)
    yield case("/cookies.py", fields=[("Cookie", 'x=1; y=a; q="z"')])
    yield case("/auth.py")
    yield case("/auth.py", fields=[("Authorization", "Basic dTpwOnE=")])
    for form in ("int", "text", "pair", "none", "bytes", "list", "three", "odd"):
        yield case("/statuses.py?as=" + form)
    for form in ("none", "bytes", "text", "empty", "two", "three", "message", "four", "list",
                 "generator", "dict", "file", "lazy", "notpairs", "snowman", "nothing"):
        yield case("/returns.py?as=" + form)
    yield case("/returns.py?as=two", "HEAD")
    yield case("/setting.py")
    for form in ("raise", "bare", "set", "key", "os", "noerr"):
        yield case("/errors.py?as=" + form)
    for form in ("", "tuple", "none"):
        yield case("/json_answer.py?" + form)
    yield case("/decorated.py")
    yield case("/streamed.py")
    for form in ("lines", "all", "chunks", "none"):
        yield case("/by_hand.py?as=" + form)
    yield case("/stashed.py?put")
    yield case("/stashed.py?put")
    yield case("/stashed.py")
    yield case("/imports.py")
    yield case("/no_main.py")
    yield case("/missing.py")
    yield case("/pipes.py")


class Wptserve:
    """wptserve, serving the scripts."""

    def __enter__(self):
        self._stash = stash.StashServer(("127.0.0.1", 0), b"key")
        self._stash.__enter__()
        config = {"logging": {"suppress_handler_traceback": False}}
        self._httpd = server.WebTestHttpd(host="127.0.0.1", port=0, doc_root=SCRIPTS,
                                          config=_Config(config))
        self._httpd.start()
        self.address = ("127.0.0.1", self._httpd.port)
        return self

    def __exit__(self, *exc):
        self._httpd.stop()
        self._stash.__exit__()

    def answer(self, case):
        connection = http.client.HTTPConnection(*self.address, timeout=60)
        connection.putrequest(case["method"], case["target"], skip_accept_encoding=True)
        for name, value in case["fields"]:
            connection.putheader(name, value)
        if case["body"]:
            connection.putheader("Content-Length", str(len(case["body"])))
        connection.endheaders(case["body"].encode("latin-1"))
        answer = connection.getresponse()
        return {"status": answer.status, "reason": answer.reason,
                "fields": answer.getheaders(), "content": answer.read().decode("latin-1")}


class _Config(dict):
    __getattr__ = dict.__getitem__


class Runtime:
    """The runtime, in a process of its own: its `wptserve` is another."""

    def __init__(self, bindings, python, address):
        path = os.pathsep.join([bindings, os.path.dirname(HERE), HERE])
        self._process = subprocess.Popen(
            [python, os.path.join(HERE, "answer.py"), SCRIPTS, address[0], str(address[1])],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"})

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._process.stdin.close()
        self._process.wait()

    def answer(self, case):
        fields = [("Host", "127.0.0.1"), *case["fields"]]
        self._process.stdin.write(json.dumps({**case, "fields": fields}) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


def differences(theirs, ours):
    """What a client would see differently."""
    if theirs["status"] != ours["status"]:
        yield "status", theirs["status"], ours["status"]
    if ours["reason"] is not None and theirs["reason"] != ours["reason"].strip():
        yield "reason", theirs["reason"], ours["reason"]
    left, right = (sorted((n.lower(), v) for n, v in answer["fields"]
                          if n.lower() not in SERVER_FIELDS) for answer in (theirs, ours))
    if left != right:
        yield "fields", left, right
    # What an error page says is host's own (docs/compat.md, Static files).
    if "error" not in ours and theirs["content"] != ours["content"]:
        yield "content", theirs["content"], ours["content"]


def main():
    bindings, python = sys.argv[1], (sys.argv[2:] or [sys.executable])[0]
    count = failed = 0
    with Wptserve() as wptserve, Runtime(bindings, python, wptserve.address) as runtime:
        for asked in cases():
            count += 1
            for what, theirs, ours in differences(wptserve.answer(asked), runtime.answer(asked)):
                failed += 1
                print("%s %s: %s\n  wptserve %r\n  host     %r" % (
                    asked["method"], asked["target"], what, theirs, ours))
    print("%d requests, %d differences" % (count, failed))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
