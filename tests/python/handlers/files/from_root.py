"""Reads by the root: what another folder has."""

import json
import os


def main(request, response):
    name = request.GET.first(b"name", b"files/data.json").decode()
    path = os.path.join(request.doc_root, *name.split("/"))
    if not os.path.isfile(path):
        return 404, [("Content-Type", "text/plain")], "no " + os.path.basename(path)
    with open(path) as file:
        loaded = json.loads(file.read())
    return json.dumps(loaded, sort_keys=True)
