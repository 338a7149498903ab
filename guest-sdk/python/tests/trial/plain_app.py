"""A component of world `main-handler`: scripts without hooks for frames."""

from host_runtime import prepare

prepare.prepare()

import wit_world  # noqa: E402
from chosen import script_of  # noqa: E402


class WitWorld(wit_world.WitWorld):
    def main(self, request, response):
        script_of(request).main(request, response)
