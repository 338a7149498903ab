"""What is done once, while the component is built."""

import gc

from wptserve import logger

from . import stdlib


def prepare():
    """Imports what scripts may import, and sends Python's log to host."""
    stdlib.import_all()
    logger.install()
    # All that is there now stays: the collector need not look at it in a request, and so
    # write to pages that instances share until one writes.
    gc.collect()
    gc.freeze()
