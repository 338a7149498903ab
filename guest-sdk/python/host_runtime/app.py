"""The component: host calls `load`, and then the hooks that it names.

An instance serves one request after another when host keeps it; `load` begins anew.
"""

import sys

# The folder that is served can only be read.
sys.dont_write_bytecode = True

import wit_world  # noqa: E402
from wit_world import Hooks  # noqa: E402

from host_runtime import prepare, script  # noqa: E402

prepare.prepare()

_script = None


class WitWorld(wit_world.WitWorld):
    """What `wit/script.wit` calls a script runtime."""

    def load(self, path, source, request):
        global _script
        _script = None
        _script = script.Script(path, source, request)
        hooks = Hooks(0)
        for hook in ("handle_headers", "handle_data"):
            if _script.has(hook):
                hooks |= Hooks[hook.upper()]
        return hooks

    def handle_headers(self, frame, request, response):
        _script.handle_headers(frame, request, response)

    def handle_data(self, frame, request, response):
        _script.handle_data(frame, request, response)

    def handle_pipe(self, name, arguments, request, response):
        return _script.handle_pipe(name, arguments, request, response)

    def main(self, request, response):
        _script.main(request, response)
