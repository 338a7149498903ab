"""Stands in for host's `load` until host has it: the script is named by the query."""

from componentize_py_types import Err
from host_runtime.script import Script
from wit_world.imports import files
from wit_world.imports.types import HandlerError


def script_of(request):
    """Loads the script that `?script=/x.py` names, from the served folder."""
    path = next(value for name, value in request.query() if name == b"script").decode()
    try:
        source = files.read(path)
    except Err as error:
        raise Err(HandlerError(404, "%s: %s" % (path, error.value))) from None
    return Script(path, source, request)
