"""Imports the standard library while the component is built.

A component has no files of its own: only what was imported at build can be imported
later. So everything is, encodings included, but for what the sandbox cannot have and
what does something when it is imported.
"""

import importlib
import io
import pkgutil
import sys
from contextlib import redirect_stderr, redirect_stdout

# Programs, games and tests; windows that nobody could see; what acts on import.
_LEFT_OUT = {
    "antigravity", "this", "idlelib", "turtle", "turtledemo", "tkinter", "test",
    "lib2to3", "ensurepip", "venv", "pip", "pydoc_data", "__main__", "_pyrepl",
    "__phello__", "__hello__",
}


def import_all():
    """Imports every module that there is; the names of those that cannot be."""
    missing = []
    for name in sorted(sys.stdlib_module_names - _LEFT_OUT):
        _import(name, missing)
    return missing


def import_package(name):
    """Imports a package and all that is in it, which must be possible."""
    missing = []
    _import(name, missing)
    if missing:
        raise ImportError("cannot import " + ", ".join(missing))


def _import(name, missing):
    try:
        with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
            module = importlib.import_module(name)
    except Exception:
        # Its part in C is not in this CPython, or it is for another system.
        missing.append(name)
        return
    for child in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if child.name not in ("__main__", "test", "tests", "idle_test"):
            _import("%s.%s" % (name, child.name), missing)
