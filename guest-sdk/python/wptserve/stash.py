"""What handlers leave for later requests (wptserve's `request.server.stash`).

Values are pickled: host keeps bytes. They are unpickled here, in the sandbox.
"""

import pickle
import queue
import uuid

from componentize_py_types import Err
from wit_world.imports import stash as host

from .utils import isomorphic_decode

# Where queues are: no request's path is this.
_QUEUES = "wptserve.stash.Queue"

# Longer than any request may live, in nanoseconds.
_EVER = 1 << 62


class StashError(Exception):
    """A key has a value already, or the stash is full or away."""


class Stash:
    """Values by path and UUID: put once, taken once."""

    def __init__(self, default_path, address=None, authkey=None):
        self.default_path = default_path
        self.lock = LockWrapper()

    def get_queue(self):
        """A new queue. It can be put into the stash, for others to find."""
        return QueueProxy(str(uuid.uuid4()))

    def put(self, key, value, path=None):
        """Puts a value, any that can be pickled, under a key that has none."""
        if value is None:
            raise ValueError("SharedStash value may not be set to None")
        key, path = self._place(key, path)
        _asking(key, host.put, key, pickle.dumps(value), path)

    def take(self, key, path=None):
        """Takes a value out; None where there is none."""
        key, path = self._place(key, path)
        value = _asking(key, host.take, key, path)
        return value if value is None else pickle.loads(value)

    def _place(self, key, path):
        if isinstance(key, bytes):
            key = key.decode("ascii")
        if path is None:
            path = self.default_path
        return key, isomorphic_decode(path)


class LockWrapper:
    """The tenant's lock. It is given back with the request at the latest."""

    def __init__(self):
        self._guard = None

    def acquire(self):
        self._guard = _asking(None, host.lock)

    def release(self):
        if self._guard is None:
            raise RuntimeError("release unlocked lock")
        guard, self._guard = self._guard, None
        guard.release()

    def __enter__(self):
        self.acquire()

    def __exit__(self, *exc):
        self.release()


class QueueProxy:
    """A queue that all handlers of the tenant share who know it."""

    def __init__(self, key):
        self._key = key

    def put(self, item, block=True, timeout=None):
        _asking(self._key, host.send, self._key, pickle.dumps(item), _QUEUES)

    def put_nowait(self, item):
        self.put(item)

    def get(self, block=True, timeout=None):
        """The first item; `queue.Empty` when none came in time."""
        if not block:
            wait = 0
        elif timeout is None:
            wait = _EVER
        elif timeout < 0:
            raise ValueError("'timeout' must be a non-negative number")
        else:
            wait = min(int(timeout * 1e9), _EVER)
        message = _asking(self._key, host.receive, self._key, wait, _QUEUES)
        if message is None:
            raise queue.Empty
        return pickle.loads(message)

    def get_nowait(self):
        return self.get(block=False)


def _asking(key, function, *arguments):
    """Asks the host; what it refuses becomes wptserve's exceptions."""
    try:
        return function(*arguments)
    except Err as error:
        why = error.value
        if isinstance(why, host.StashError_InvalidKey):
            raise ValueError('Invalid UUID "%s" used as stash key' % key) from None
        if isinstance(why, host.StashError_Locked):
            raise RuntimeError("this request holds the stash's lock already") from None
        raise StashError(why.value) from None
