"""The component: host calls `load`, and then the hooks that it names.

An instance serves one request after another when host keeps it; `load` begins anew.
"""

import sys

# The folder that is served can only be read.
sys.dont_write_bytecode = True

import wit_world  # noqa: E402
from wit_world.imports.script import Hooks, Loaded  # noqa: E402

from host_runtime import prepare, script  # noqa: E402

# Last, when all of it has been imported.
prepare.prepare()

_script = None


class WitWorld(wit_world.WitWorld):
    """What `script.wit` calls a script runtime."""

    def load(self, path, source, compiled, request):
        global _script
        _script = None
        _script = script.Script(path, source, request, compiled)
        hooks = Hooks(0)
        for hook in Hooks:
            if _script.has(hook.name.lower()):
                hooks |= hook
        return Loaded(hooks, _script.compiled)

    def handle_headers(self, frame, request, response):
        _script.handle_headers(frame, request, response)

    def handle_data(self, frame, request, response):
        _script.handle_data(frame, request, response)

    def handle_trailers(self, frame, request, response):
        _script.handle_trailers(frame, request, response)

    def handle_reset(self, code, request, response):
        _script.handle_reset(code, request, response)

    def handle_frame(self, frame, request, response):
        _script.handle_frame(frame, request, response)

    def handle_close(self, closing, request, response):
        _script.handle_close(closing, request, response)

    def handle_pipe(self, name, arguments, request, response):
        return _script.handle_pipe(name, arguments, request, response)

    def main(self, request, response):
        _script.main(request, response)
