"""main is a handler itself, by wptserve's decorator."""

import wptserve
from wptserve.handlers import handler


@handler
def main(request, response):
    assert wptserve.__name__ == "wptserve"
    if b"three" in request.GET:
        return 203, [("X-Decorated", "yes")], "three"
    response.headers.set("X-Decorated", "yes")
    return "decorated"
