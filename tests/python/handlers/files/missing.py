"""Opens what is not there."""

import errno
import os


def main(request, response):
    path = os.path.join(os.path.dirname(__file__), "none.txt")
    if b"caught" in request.GET:
        try:
            open(path)
        except FileNotFoundError as error:
            # Its number is the system's.
            return errno.errorcode[error.errno]
    return open(path).read()
