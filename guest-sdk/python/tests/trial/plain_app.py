"""A component of world `main-handler`: scripts without hooks for frames."""

import wit_world
from chosen import script_of
from host_runtime import prepare

prepare.prepare()


class WitWorld(wit_world.WitWorld):
    def main(self, request, response):
        script_of(request).main(request, response)
