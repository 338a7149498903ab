"""The body as a file."""

import json


def main(request, response):
    file = request.raw_input
    how = request.GET.first(b"how", b"read")
    if how == b"read":
        seen = [file.read(3), file.tell(), file.read(), file.read(), file.tell()]
    elif how == b"lines":
        seen = [file.readline(), file.readline(2), file.readlines(), file.readline()]
    elif how == b"iterate":
        seen = list(file)
    elif how == b"seek":
        seen = [file.read(), file.seek(2), file.read(2), file.tell(), file.seek(0), file.read()]
    elif how == b"body-first":
        seen = [request.body, file.tell(), file.read(1), request.body, file.tell()]
    elif how == b"length":
        seen = [file.length]
    elif how == b"beyond":
        file.seek(file.length + 1)
        seen = ["sought"]
    else:
        file.seek(-1)
        seen = ["sought"]
    return json.dumps(seen, default=lambda value: value.decode("latin-1"))
