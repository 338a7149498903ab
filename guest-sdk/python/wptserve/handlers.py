"""What a script's functions are wrapped in (wptserve's `handlers`)."""

import json

from .utils import HTTPException  # noqa: F401

__all__ = ["FunctionHandler", "JsonHandler", "handler", "json_handler", "HTTPException"]


class FunctionHandler:
    """A function of request and response; what it returns becomes the answer.

    None leaves the response as it is; a tuple is `(status, headers, content)` or
    `(headers, content)`; anything else is content.
    """

    def __init__(self, func):
        self.func = func

    def __call__(self, request, response):
        try:
            value = self.func(request, response)
        except HTTPException:
            raise
        except Exception as error:
            raise HTTPException(500) from error
        if value is None:
            return
        if isinstance(value, tuple):
            if len(value) not in (2, 3):
                raise HTTPException(
                    500, "a handler returned a tuple of %d; it is (status, headers, "
                    "content) or (headers, content)" % len(value))
            *status, headers, value = value
            if status:
                response.status = status[0]
            response.headers.update(headers)
        response.content = value


def handler(func):
    """Decorates a function of request and response."""
    return FunctionHandler(func)


class JsonHandler:
    """A function whose content becomes JSON."""

    def __init__(self, func):
        self.func = func

    def __call__(self, request, response):
        return FunctionHandler(self.handle_request)(request, response)

    def handle_request(self, request, response):
        value = self.func(request, response)
        response.headers.set("Content-Type", "application/json")
        if isinstance(value, tuple):
            *others, content = value
            content = json.dumps(content)
            value = (*others, content)
        else:
            value = content = json.dumps(value)
        response.headers.set("Content-Length", len(content))
        return value


def json_handler(func):
    """Decorates a function whose content becomes JSON."""
    return JsonHandler(func)
