"""What is done once, while the component is built."""

import gc
import sys

from wptserve import logger

from . import script, stdlib


def prepare():
    """Imports what scripts may import, and sends Python's log to host."""
    stdlib.import_all()
    stdlib.import_package("wptserve")
    logger.install()
    # The folders of the build are not there later, and the one that is served may have
    # some of the same names.
    script.LIBRARY.clear()
    sys.path_importer_cache.clear()
    # All that is there now stays: the collector need not look at it in a request, and so
    # write to pages that instances share until one writes.
    gc.collect()
    gc.freeze()
