"""What is done once, while the component is built."""

from wptserve import logger

from . import stdlib


def prepare():
    """Imports what scripts may import, and sends Python's log to host."""
    stdlib.import_all()
    logger.install()
