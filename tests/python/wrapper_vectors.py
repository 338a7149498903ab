"""What wpt's own tools/serve/serve.py makes of test scripts, their META lines and
documents to inject a script into, as JSON for host-content's tests.

    python3 tests/python/wrapper_vectors.py WPT/tools \\
        > host/content/tests/vectors/wrappers.json

WPT is a checkout of web-platform-tests; `pip install wptserve html5lib`. Of a
wrapper's content only the SHA-256 is kept, and of those in a ShadowRealm, whose
text is host's own, nothing.
"""

import hashlib
import http.client
import json
import logging
import os
import pathlib
import random
import sys
import tempfile

sys.path.insert(0, sys.argv[1])
import localpaths  # noqa: E402,F401
from serve import serve  # noqa: E402
from wptserve import server  # noqa: E402

SUFFIXES = [
    ".any.html", ".any.window-module.html", ".window.html", ".extension.html",
    ".any.worker.html", ".worker.html", ".any.worker-module.html",
    ".any.sharedworker.html", ".any.sharedworker-module.html",
    ".any.serviceworker.html", ".any.serviceworker-module.html",
    ".any.worker.js", ".any.worker-module.js",
    ".any.shadowrealm-in-window.html", ".any.shadowrealm-in-shadowrealm.html",
    ".any.shadowrealm-in-dedicatedworker.html", ".any.shadowrealm-in-sharedworker.html",
    ".https.any.shadowrealm-in-serviceworker.html",
    ".https.any.shadowrealm-in-audioworklet.html",
    ".any.worker-shadowrealm.js", ".any.serviceworker-shadowrealm.js",
    ".any.audioworklet-shadowrealm.js", ".any.shadowrealm.html",
    ".any.shadowrealm-in-serviceworker.html",
]
OWN = (
    ".any.shadowrealm-in-window.html", ".any.shadowrealm-in-shadowrealm.html",
    ".https.any.shadowrealm-in-audioworklet.html", "-shadowrealm.js",
)

ALL = "window,window-module,worker,dedicatedworker-module,sharedworker-module," \
    "serviceworker-module,shadowrealm"
META = f"""// META: title=Fish & <chips> "à la carte" 'x' \\ 100%
// META: script=/common/utils.js
// META: global={ALL}
// META: timeout=long
// META: variant=?a=b
// META: quic=true
// META: script=resources/a.js?x=1&y="2"
// META: unknown=1
// META: title=Second
// META: timeout=short
// META: global=jsshell
test(() => {{}}, "x");
// META: script=late.js
"""

FILES = {
    "plain.any.js": "test(() => {}, 'x');",
    "plain.window.js": "test(() => {}, 'x');",
    "plain.worker.js": "importScripts('/resources/testharness.js'); done();",
    "plain.extension.js": "test(() => {}, 'x');",
    "d/all.any.js": META,
    "d/all.window.js": META,
    "d/all.worker.js": META,
    "d/all.extension.js": META,
    "d/all.any.js.headers": "X-File: 1\nX-Dir: file\nX-File: 2",
    "d/__dir__.headers": "X-Dir: dir\nX-Dir: dir 2\nX-Only: yes\n",
    "typed.any.js": f"// META: global={ALL}\n",
    "typed.any.js.headers": "content-type: text/plain\n",
    "filled.sub.any.js": f"// META: global={ALL}\n// META: title={{{{GET[a]}}}}\n",
    "filled.sub.any.js.sub.headers": "X-Path: {{location[path]}}\n",
    "none.any.js": "// META: global=\n",
    "empty.any.js": "",
    "sp ace.any.js": f"// META: global={ALL}\n",
    "x.https.any.js": f"// META: global={ALL}\n",
    "x.any.any.js": f"// META: global={ALL}\n",
    "window-only.worker.js": "// META: global=window\n",
}

TARGETS = [
    "/d/all.any.html?a=b", "/d/all.any.worker.html?a=b&c=%22;x", "/d/all.any.sharedworker.html?",
    "/d/all.any.serviceworker-module.html?x=y?z#f", "/sp%20ace.any.html",
    "/sp%20ace.any.worker.html?%20", "/sp%20ace.any.worker.js",
    "/filled.sub.any.html?a=<b>", "/filled.sub.any.worker.js?a=1", "/filled.sub.any.worker.html?a=1",
    "/plain.any.html?pipe=status(202)", "/plain.any.worker.js?pipe=slice(0,10)|header(X-A,b)",
    "/none.any.html", "/none.any.worker.html", "/empty.any.html", "/empty.any.worker.js",
    "/plain.any%2Ehtml", "/plain.any.js", "/missing.any.html", "/plain.any.html/",
    "/window-only.worker.html", "/d/../d/all.any.html",
]


def random_meta(rng):
    """META lines that are right, wrong and odd."""
    keys = ["title", "script", "timeout", "global", "variant", "quic", "", "a_1", "é"]
    values = ["a", "long", "/a.js", "a&amp;b", '"<b>"', "\\", "</script>", "'", "%(path)s", "%%",
              "window", "worker", " window , serviceworker", "dedicatedworker-module", "jsshell",
              "!default", "-window", "window-module,", "天気", "${x}`"]
    starts = ["// META: ", "//META:", "//\t META:\t", "// META ", " // META: ", "// meta: ", "//  "]
    lines = []
    for _ in range(rng.randrange(6)):
        start = rng.choice(starts) if rng.random() < 0.1 else "// META: "
        value = "".join(rng.choice(values) for _ in range(rng.randrange(3)))
        lines.append(start + rng.choice(keys) + rng.choice(["="] * 9 + [" ="]) + value)
    return "\n".join(lines) + rng.choice(["", "\n", "\n\n", "\ntest();\n"])


def documents(rng):
    """Starts of HTML documents, without what is known to differ: CR, NUL, bytes
    beyond ASCII, and mistakes inside of the first tag."""
    parts = ["<!doctype html>", "<!DOCTYPE html PUBLIC '-//W3C//DTD HTML 4.01//EN' \"x\">", "\n", "  \t",
             "<!-- a comment -->", "<!---->", "<!-- <html> > - -->", "<html>", "<HTML lang=en>",
             "<html a='>' b=\">\" c=d>", "<head>", "<Head\nid=x>", "<html >", "<head/>", "<html/>"]
    ends = ["", "<script src=x></script>", "<body>", "</html>", "</head>", "<meta charset=utf-8>",
            "<!--", "<!-- <b>", "<!doctype", "<html", "<html a='", "<p class='a>b'>x", "<header>", "<htmlx>",
            "<?xml version='1.0'?><p>", "<!x><p>", "< p>", "<", "</", "</>", "</ p>", "<1>", "a<html>",
            "<!-->", "<!--->x", "<title>x</title>", "<![CDATA[x]]>", "<html x"]
    for end in ends:
        yield "<!doctype html>" + end
        yield end
    for _ in range(150):
        start = "".join(rng.choice(parts) for _ in range(rng.randrange(6)))
        yield start + rng.choice(ends)


def get(port, target):
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.putrequest("GET", target, skip_host=True)
    connection.putheader("Host", "a.test")
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    fields = [[n, v] for n, v in response.getheaders()
              if n.lower() == "content-type" or n.startswith("X-")]
    answer = {"target": target, "status": response.status}
    if response.status < 400:
        answer["fields"] = fields
        if not target.partition("?")[0].endswith(OWN):
            answer["sha256"] = hashlib.sha256(body).hexdigest()
    connection.close()
    return answer


def main():
    rng = random.Random(1)
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as folder:
        files = dict(FILES)
        for number in range(40):
            files[f"r/{number}.any.js"] = random_meta(rng)
        for name, text in files.items():
            path = pathlib.Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(text.encode())
        routes = serve.RoutesBuilder().get_routes()
        httpd = server.WebTestHttpd(host="127.0.0.1", port=0, doc_root=folder, routes=routes,
                                    use_ssl=False, key_file=None, certificate=None)
        httpd.start()
        stems = ["/plain", "/d/all", "/typed", "/x", "/x.https", "/x.any"]
        targets = [stem + suffix for stem in stems for suffix in SUFFIXES] + TARGETS
        for number in range(40):
            for suffix in (".any.html", ".any.worker.html", ".any.worker.js", ".any.serviceworker.html",
                           ".any.worker-module.js", ".any.window-module.html"):
                targets.append(f"/r/{number}{suffix}")
        answers = [get(httpd.port, target) for target in targets]
        httpd.stop()
    marker = b"\x01"
    injected = []
    for document in documents(rng):
        html = document.encode()
        result = serve.inject_script(html, marker)
        at = result.find(marker)
        injected.append([document, at if at >= 0 else None])
    # One answer a line, so that a change shows where it is.
    print('{"files": ' + json.dumps(files, ensure_ascii=False, indent=0) + ',')
    print('"answers": [\n' + ",\n".join(json.dumps(a, ensure_ascii=False) for a in answers) + '\n],')
    print('"injected": [\n' + ",\n".join(json.dumps(i) for i in injected) + '\n]}')
    sys.stdout.flush()
    # The server's threads do not end by themselves.
    os._exit(0)


main()
