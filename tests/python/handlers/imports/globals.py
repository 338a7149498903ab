"""What a script finds about itself: it is run anew for each request."""

import os

COUNT = 0
BASE = os.path.splitext(os.path.basename(__file__))[0]


def main(request, response):
    global COUNT
    COUNT += 1
    known = sorted(name for name in globals() if name in ("__file__", "COUNT", "BASE", "main"))
    return "%s %d %s %s" % (BASE, COUNT, __name__, " ".join(known))
