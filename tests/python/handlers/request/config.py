"""The settings of the server, as tests make URLs of them."""

import json


def main(request, response):
    config = request.server.config
    how = request.GET.first(b"how", b"ports")
    if how == b"ports":
        seen = sorted(scheme for scheme in config["ports"] if scheme in ("http", "https"))
    elif how == b"port":
        seen = config["ports"]["http"][0]
    elif how == b"host":
        seen = config["browser_host"]
    elif how == b"attribute":
        seen = config.browser_host
    elif how == b"domains":
        seen = config["domains"][""]
    elif how == b"all-domains":
        seen = config["all_domains"][""][""]
    elif how == b"origin":
        seen = "http://%s:%d" % (config["browser_host"], config["ports"]["http"][0])
    elif how == b"get":
        seen = config.get("browser_host")
    elif how == b"get-or":
        # What is not there is an error, whatever is given instead of it.
        seen = config.get("nothing", "else")
    elif how == b"in":
        seen = ["ports" in config, "nothing" in config]
    else:
        seen = config["nothing"]
    return [(b"Content-Type", b"application/json")], json.dumps(seen)
