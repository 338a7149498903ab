"""What handlers may find of each object, by name, with its type."""

import json

# Objects by the names of their attributes and methods.
NAMES = {
    "request": (
        "GET POST auth body client_address close cookies doc_root headers method"
        " protocol_version raw_input request_line request_path route_match"
        " server url url_base url_parts"
    ),
    "request.server": "config stash",
    "request.GET": "add clear copy first get get_list items keys last pop popitem setdefault values",
    "request.cookies": "add first get get_list items keys last",
    "request.headers": "get get_list items iteritems itervalues keys values",
    "request.raw_headers": "get items keys values",
    "request.raw_input": "close length next read readline readlines seek tell",
    "request.auth": "password username",
    "request.url_parts": "fragment geturl hostname netloc password path port query scheme username",
    "request.server.config": (
        "all_domains alternate_hosts as_dict browser_host doc_root domains get items keys"
        " not_domains ports server_host values"
    ),
    "request.server.stash": "default_path get_queue lock put take",
    "request.server.stash.lock": "acquire release",
    "response": (
        "add_required_headers close_connection content delete_cookie encoding headers"
        " iter_content logger request send_body_for_head_request set_cookie set_error status"
        " unset_cookie write write_content write_status_headers writer"
    ),
    "response.headers": "append data get items set update",
    "response.writer": "content_written encode request write write_content write_header",
    "response.logger": "critical debug error exception info log warning",
}


def main(request, response):
    found = {}
    for path, names in NAMES.items():
        first, *rest = path.split(".")
        thing = request if first == "request" else response
        for name in rest:
            thing = getattr(thing, name)
        for name in names.split():
            found[f"{path}.{name}"] = described(getattr(thing, name, None))
    return [(b"Content-Type", b"application/json")], json.dumps(found)


def described(value):
    """What it is to who uses it."""
    if callable(value):
        return "called"
    for kind in (int, str, bytes, list, tuple, dict, type(None)):
        if isinstance(value, kind):
            return kind.__name__
    return "object"
