"""What wptserve 4.0.3 makes of a configuration of `wpt serve`.

    python3 tests/python/wpt_config.py CONFIG.json

Prints JSON: `template`, which asks for every name of a host and every setting
that is a text, `rendered` by wptserve's own `sub`, `domains` in the order of `wpt
make-hosts-file`, and `ports`, how many each scheme has.
"""

import itertools
import json
import logging
import sys
from types import SimpleNamespace

from wptserve import config, pipes


def pairs(names):
    return {".".join(some) for n in (1, 2) for some in itertools.product(names, repeat=n)}


class Builder(config.ConfigBuilder):
    """With the defaults of `wpt serve`."""

    _default = {
        **config.ConfigBuilder._default,
        "browser_host": "web-platform.test",
        "alternate_hosts": {"alt": "not-web-platform.test"},
        "doc_root": ".",
        "ports": {
            "http": [8000, "auto"],
            "http-private": ["auto"],
            "http-public": ["auto"],
            "https": [8443, 8444],
            "https-private": ["auto"],
            "https-public": ["auto"],
            "h2": [9000],
            "ws": ["auto"],
            "wss": ["auto"],
            "webtransport-h3": ["auto"],
        },
        "ssl": {**config.ConfigBuilder._default["ssl"], "type": "pregenerated"},
    }


def rendered(settings, template):
    request = SimpleNamespace(server=SimpleNamespace(config=settings))
    return pipes.template(request, template.encode(), "none").decode()


def main(path):
    with open(path) as file:
        override = json.load(file)
    builder = Builder(
        logging.getLogger(),
        subdomains=set(override.pop("subdomains", pairs({"www", "www1", "www2", "天気の良い日", "élève"}))),
        not_subdomains=set(override.pop("not_subdomains", pairs({"nonexistent"}))),
    )
    builder.update(override)
    with builder as settings:
        known = settings.as_dict()
        lines = ["{{host}}"]
        lines += [
            "{{hosts[%s][%s]}}" % (alt, sub)
            for alt, names in known["all_domains"].items()
            for sub in names
        ]
        lines += ["{{domains[%s]}}" % sub for sub in known["all_domains"][""]]
        lines += [
            "{{not_domains[%s][%s]}}" % (alt, sub)
            for alt, names in known["not_domains"].items()
            for sub in names
        ]
        # `doc_root` is another folder here.
        lines += [
            "{{%s}}" % key
            for key, value in known.items()
            if isinstance(value, (str, int)) and key != "doc_root"
        ]
        template = "\n".join(lines)
        answer = {
            "template": template,
            "rendered": rendered(settings, template),
            "domains": sorted(known["domains_set"], key=lambda name: name.split(".")[::-1]),
            "ports": {scheme: len(ports) for scheme, ports in known["ports"].items()},
        }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1])
