"""A script: read, run as wptserve runs it, and its functions called for the hooks."""

import linecache
import marshal
import sys
import traceback

from componentize_py_types import Err
from wit_world.imports.frames import Closing_Goaway
from wit_world.imports.types import HandlerError
from wptserve.frames import (
    ConnectionTerminated,
    ControlFrame,
    DataReceived,
    RequestReceived,
    TrailersReceived,
)
from wptserve.handlers import FunctionHandler
from wptserve.logger import utf8
from wptserve.pipes import Pipeline
from wptserve.refusal import Gone
from wptserve.request import DOC_ROOT, H2Request, Request
from wptserve.response import H2Response, Response
from wptserve.utils import HTTPException, get_error_cause

# Where modules are found that are not in the folder that is served. In the component
# nowhere: what there is was imported while it was built.
LIBRARY = list(sys.path)

# The hooks that wptserve has, which its HTTP/1 server never calls.
_OF_HTTP2 = ("handle_headers", "handle_data")

# Frames of these files are the runtime's, and say nothing of a script.
_OWN = (__file__, sys.modules[FunctionHandler.__module__].__file__)


class Script:
    """One script and the request that it answers."""

    def __init__(self, path, source, request, compiled=None):
        """Runs the script: what is defined then, its hooks are found in.

        `compiled` is what an earlier `Script` of this source left in its attribute of
        that name: compiling takes longer than most scripts run.
        """
        is_h2 = request.stream_id() != 0
        self.path = path
        self.source = source
        # `main` has run: what later hooks set is handed over by each.
        self._is_answered = False
        self.request = (H2Request if is_h2 else Request)(request)
        self.response = (H2Response if is_h2 else Response)(self.request)
        with _reporting(self):
            if compiled is None:
                compiled = marshal.dumps(compile(source, path, "exec"))
            self.compiled = compiled
            self._names = _run(path, marshal.loads(compiled))
            self._check(is_h2)

    def _check(self, is_h2):
        if "main" in self._names:
            return
        if not is_h2:
            raise HTTPException(500, "No main function in script %s" % self.path)
        if not (self.has("handle_headers") or self.has("handle_data")):
            raise HTTPException(500, "No main function or handlers in script %s" % self.path)

    def has(self, hook):
        """Whether the hook is to be called: wptserve's for frames on HTTP/2 alone."""
        return hook in self._names and (hook not in _OF_HTTP2 or self.request.is_h2)

    def handle_headers(self, frame, request, response):
        event = RequestReceived(frame)
        self._call("handle_headers", event, request, response)
        self.request.frames.append(event)

    def handle_data(self, frame, request, response):
        # Not kept in `frames`: an upload may be larger than the memory.
        self._call("handle_data", DataReceived(frame), request, response)

    def handle_trailers(self, frame, request, response):
        self._call("handle_trailers", TrailersReceived(frame), request, response)

    def handle_reset(self, code, request, response):
        self._call("handle_reset", code, request, response)

    def handle_frame(self, frame, request, response):
        self._call("handle_frame", ControlFrame(frame), request, response)

    def handle_close(self, closing, request, response):
        # The end of the connection has nothing more to say.
        is_goaway = isinstance(closing, Closing_Goaway)
        event = ConnectionTerminated(closing.value) if is_goaway else None
        self._call("handle_close", event, request, response)

    def _call(self, hook, event, request, response):
        self._bind(request, response)
        if self.has(hook):
            with _reporting(self):
                self._names[hook](event, self.request, self.response)
                if self._is_answered:
                    self.response.settle()

    def main(self, request, response):
        self._bind(request, response)
        self._is_answered = True
        with _reporting(self):
            if "main" in self._names:
                FunctionHandler(self._names["main"])(self.request, self.response)
            self.response.finish()

    def handle_pipe(self, name, arguments, request, response):
        """Runs a pipe that the script defines; whether it defines it."""
        if name not in Pipeline.pipes:
            return False
        self._bind(request, response)
        with _reporting(self):
            self.response.take_over()
            changed = Pipeline.pipes[name](self.request, self.response, *arguments)
            (changed or self.response).finish()
        return True

    def lend_lines(self):
        """Lets tracebacks show the lines that ran, whatever the file holds by now."""
        lines = self.source.decode("utf-8", "replace").splitlines(keepends=True)
        linecache.cache[self.path] = (len(self.source), None, lines, self.path)

    def _bind(self, request, response):
        self.request.bind(request)
        self.response.bind(response)


def _run(path, code):
    """Runs a script as wptserve does; the names that it has then."""
    Pipeline.pipes.clear()
    sys.path[:] = [DOC_ROOT, *LIBRARY]
    # A folder may hold other files than for the request before.
    sys.path_importer_cache.clear()
    names = {"__file__": path}
    try:
        exec(code, names)
    except OSError as error:
        # As in wptserve: what the script needs is not there.
        raise HTTPException(404, "%s: %s" % (path, error)) from error
    return names


class _reporting:
    """Makes what a script raises the error of its hook: nothing else may leave it.

    An exception that left an exported function would abort the instance.
    """

    def __init__(self, script):
        self._script = script

    def __enter__(self):
        return self

    def __exit__(self, kind, error, _):
        if error is None or isinstance(error, Err):
            return False
        if _is_gone(error):
            return True
        self._script.lend_lines()
        code, text = 500, None
        if isinstance(error, HTTPException):
            code, cause = error.code, get_error_cause(error)
            if cause is error or _is_clients(code):
                text = str(error.message)
            error = cause
        raise _refusal(code, _described(error) if text is None else text) from None


def _is_clients(code):
    return isinstance(code, int) and code < 500


def _refusal(code, text):
    """An error as host takes it: a status that is one, and text that is UTF-8."""
    fits = isinstance(code, int) and 0 <= code <= 0xFFFF
    return Err(HandlerError(code if fits else 500, utf8(text)))


def _is_gone(error):
    """Whether the script ended because nobody is left to write to."""
    while error is not None:
        if isinstance(error, Gone):
            return True
        error = error.__cause__
    return False


def _described(error):
    """The traceback from the script's first frame on."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code.co_filename in _OWN:
        trace = trace.tb_next
    return "".join(traceback.format_exception(type(error), error, trace))
