"""What every Python has, wherever it runs."""

import os
import sys


def main(request, response):
    return repr(
        [
            sys.version_info[0],
            sys.version_info >= (3, 8),
            sys.byteorder,
            sys.maxsize > 2**30,
            os.sep,
            os.path.join("a", "b", "..", "c"),
            os.path.normpath("a/b/../c"),
            os.path.splitext("a.tar.gz"),
            os.environ.get("NO_SUCH_VARIABLE_OF_ANYBODY", "unset"),
            isinstance(os.getcwd(), str),
            len(os.urandom(4)),
            request.doc_root in sys.path,
        ]
    )
