"""Breaks the runtime that it is in; with `look`, says whether that is as it was."""

import builtins
import gc
import json
import os
import sys
import threading


def main(request, response):
    how = request.GET.first(b"how").decode()
    if how == "look":
        return look()
    import wptserve.handlers
    import wptserve.request
    import wptserve.response

    if how == "builtins":
        builtins.len = lambda thing: 7
        builtins.open = builtins.__import__ = builtins.isinstance = None
    elif how == "modules":
        sys.modules.clear()
    elif how == "wptserve":
        wptserve.response.Response.finish = lambda self: None
        wptserve.request.Request.GET = {b"how": "mine"}
        wptserve.handlers.FunctionHandler.__call__ = None
    elif how == "runtime":
        import host_runtime.app
        import host_runtime.script

        host_runtime.app._script = None
        host_runtime.script.Script.main = None
        host_runtime.app.WitWorld.load = host_runtime.app.WitWorld.main = None
    elif how == "bindings":
        import wit_world.imports.response

        wit_world.imports.response.Response.set_content = None
    elif how == "trace":
        def trace(*_):
            raise RuntimeError("traced")

        sys.settrace(trace)
        sys.setprofile(trace)
        threading.settrace(trace)
    elif how == "hooks":
        def hook(*arguments):
            raise RuntimeError("hooked")

        sys.excepthook = sys.unraisablehook = sys.displayhook = hook
        sys.addaudithook(hook)
        sys.breakpointhook = hook
        sys.meta_path[:] = [None]
        sys.path_hooks[:] = [hook]
    elif how == "gc":
        gc.callbacks.append(lambda *_: 1 / 0)
        gc.set_threshold(1)
        for thing in gc.get_objects():
            if type(thing) is dict and thing is not globals():
                thing.clear()
    elif how == "streams":
        sys.stdout = sys.stderr = None
        for number in range(10):
            os.close(number)
    elif how == "limits":
        sys.setrecursionlimit(50)
        sys.set_int_max_str_digits(640)
        sys.setswitchinterval(1e-9)
    elif how == "code":
        import host_runtime.script

        host_runtime.script._described.__code__ = (lambda error: 1 / 0).__code__
        raise ValueError("badly described")
    return "broken"


def look():
    """What the requests before would have changed."""
    import wptserve.response

    return [(b"Content-Type", b"application/json")], json.dumps({
        "len": len("four"),
        "open": open is not None,
        "modules": len(sys.modules) > 100,
        "finish": wptserve.response.Response.finish.__name__,
        "trace": [sys.gettrace(), sys.getprofile()],
        "gc": len(gc.callbacks),
        "recursion": sys.getrecursionlimit() > 50,
        "streams": sys.stdout is not None,
        "stained": hasattr(builtins, "stained"),
    })
