"""wptserve's names for handlers, on host's contract (`wit/`).

Handlers that were written for wptserve 4.0.3 import these modules; what they do is
in wptserve's documentation, and where host differs on purpose in `docs/compat.md`.
Only what a handler can reach is here: the server is host.
"""

from .request import Request  # noqa: F401
from .response import Response  # noqa: F401
