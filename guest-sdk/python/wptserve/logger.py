"""The handler's log: Python's logging, whose lines appear in host's log."""

import logging

from wit_world.imports import log


def get_logger():
    """The root logger, as in wptserve."""
    return logging.getLogger()


class HostLog(logging.Handler):
    """Hands Python's log records to host."""

    def emit(self, record):
        try:
            log.write(_level(record.levelno), utf8(self.format(record)))
        except Exception:
            self.handleError(record)


def utf8(text):
    """Text that can be UTF-8: Python's may hold half a pair of surrogates."""
    return text.encode("utf-8", "replace").decode()


def _level(number):
    if number >= logging.ERROR:
        return log.Level.ERROR
    if number >= logging.WARNING:
        return log.Level.WARN
    if number >= logging.INFO:
        return log.Level.INFO
    return log.Level.DEBUG


def install():
    """Sends what is logged to host, which decides what is shown."""
    root = logging.getLogger()
    root.handlers[:] = [HostLog()]
    root.setLevel(logging.DEBUG)
