"""A component whose scripts have hooks for frames."""

import wit_world
from chosen import script_of
from host_runtime import prepare

prepare.prepare()

_script = None


class WitWorld(wit_world.WitWorld):
    def handle_headers(self, frame, request, response):
        global _script
        _script = script_of(request)
        _script.handle_headers(frame, request, response)

    def handle_data(self, frame, request, response):
        _script.handle_data(frame, request, response)

    def main(self, request, response):
        _script.main(request, response)
