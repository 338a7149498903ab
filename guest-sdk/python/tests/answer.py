"""Answers requests with the runtime, natively: cases come in as JSON lines, answers go
out. `differential.py` runs it, in a process whose `wptserve` is host's."""

import json
import sys

import fake_host


def main():
    folder, host, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    fake_host.install((host, port))
    from host_runtime import script
    from wptserve import request
    script.DOC_ROOT = request.DOC_ROOT = folder
    for line in sys.stdin:
        print(json.dumps(answer(script, folder, (host, port), json.loads(line))), flush=True)


def answer(script, folder, address, case):
    method, target = case["method"], case["target"]
    path = folder + target.partition("?")[0]
    with open(path, "rb") as file:
        source = file.read()
    asked = fake_host.Request(method, target, case["fields"], case["body"].encode("latin-1"),
                              address)
    given = fake_host.Response(method == "HEAD")
    try:
        first = script.Script(path, source, asked)
        # A second time from what the first compiled, as host does.
        script.Script(path, source, asked, first.compiled).main(asked, given)
        code, reason, fields, content = given.answer()
    except script.Err as error:
        fields, content = [("Content-Type", "application/json")], b""
        code, reason = error.value.status, None
        return {"status": code, "reason": reason, "fields": fields, "content": "",
                "error": error.value.message}
    return {"status": code, "reason": reason, "fields": fields,
            "content": content.decode("latin-1")}


if __name__ == "__main__":
    main()
