"""Opens what is not there."""

import os


def main(request, response):
    path = os.path.join(os.path.dirname(__file__), "none.txt")
    if b"caught" in request.GET:
        try:
            open(path)
        except FileNotFoundError as error:
            return "errno %d" % error.errno
    return open(path).read()
