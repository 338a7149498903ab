"""What a handler may know of the server (wptserve's `request.server`)."""

import json
from collections.abc import Mapping

from wit_world.imports import config as host_config

from .stash import Stash

# The name under which host gives wptserve's configuration, as JSON.
CONFIG_KEY = "wptserve"


class Server:
    """The server as one request sees it."""

    def __init__(self, request):
        self._request = request
        self._stash = None
        self._config = None

    @property
    def stash(self):
        if self._stash is None:
            self._stash = Stash(self._request.url_parts.path)
        return self._stash

    @property
    def config(self):
        if self._config is None:
            self._config = Config(_settings())
        return self._config


class Config(Mapping):
    """Settings by key or as attributes; read-only.

    A key that is not there is a ValueError, by `get` too, as in wptserve.
    """

    def __init__(self, data):
        self.__dict__.update(data)

    def __setattr__(self, key, value):
        raise ValueError("Config is immutable")

    __setitem__ = __setattr__

    def __getitem__(self, key):
        try:
            return getattr(self, key)
        except AttributeError:
            raise ValueError("there is no setting %r" % key) from None

    def __contains__(self, key):
        return key in self.__dict__

    def __iter__(self):
        return iter(self.__dict__)

    def __len__(self):
        return len(self.__dict__)

    def __str__(self):
        return str(self.__dict__)

    def as_dict(self):
        """The settings as JSON has them."""
        return json.loads(json.dumps(self.__dict__))


def _settings():
    """wptserve's configuration where host has one, else what listeners say."""
    text = host_config.get(CONFIG_KEY)
    if text is not None:
        return json.loads(text)
    listeners = host_config.listeners()
    ports = {}
    for listener in listeners:
        ports.setdefault(listener.scheme, []).append(listener.port)
    host = listeners[0].host if listeners else "localhost"
    return {
        "browser_host": host,
        "server_host": host,
        "doc_root": "/",
        "ports": ports,
        "domains": {"": {"": host}},
        "not_domains": {"": {}},
        "all_domains": {"": {"": host}},
        "alternate_hosts": {},
        "logging": {"level": "DEBUG", "suppress_handler_traceback": False},
    }
