"""Pipes that a script defines (wptserve's `@pipe`).

Host's own pipes, `status`, `header`, `slice`, `trickle`, `sub` and `gzip`, run in host
on what a script answers. One that a script defines is called when the query names it.
"""

from .template import template  # noqa: F401


class Pipeline:
    """The pipes that were defined, by name."""

    pipes = {}


class pipe:
    """Decorates a pipe: `f(request, response, *args)`, its arguments converted."""

    def __init__(self, *arg_converters):
        self.arg_converters = arg_converters
        self.max_args = len(arg_converters)
        optional = [isinstance(converter, opt) for converter in arg_converters]
        self.min_args = optional.count(False)
        if True in optional[:self.min_args]:
            raise ValueError("Non-optional argument cannot follow optional argument")

    def __call__(self, f):
        def inner(request, response, *args):
            if not self.min_args <= len(args) <= self.max_args:
                raise ValueError("Expected between %d and %d args, got %d" %
                                 (self.min_args, self.max_args, len(args)))
            values = [convert(arg) for convert, arg in zip(self.arg_converters, args)]
            return f(request, response, *values)

        Pipeline.pipes[f.__name__] = inner
        return f


class opt:
    """An argument that may be left out."""

    def __init__(self, f):
        self.f = f

    def __call__(self, arg):
        return self.f(arg)


def nullable(func):
    """A converter that makes None of `null`."""
    return lambda arg: None if arg.lower() == "null" else func(arg)


def boolean(arg):
    """True of `true` and `1`, False of `false` and `0`."""
    values = {"true": True, "1": True, "false": False, "0": False}
    try:
        return values[arg.lower()]
    except KeyError:
        raise ValueError("%r is neither true nor false" % arg) from None


def resolve_content(response):
    """All of the content as bytes."""
    encode = response.writer.encode
    return b"".join(encode(item) for item in response.iter_content(read_file=True))
