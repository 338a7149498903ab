from wptserve.handlers import json_handler


@json_handler
def main(request, response):
    if b"tuple" in request.GET:
        return 201, [("X-J", "1")], {"a": ["\u00e9"]}
    return None if b"none" in request.GET else [1, "two", None]
