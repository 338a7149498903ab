"""What happens when host refuses a write."""

from componentize_py_types import Err
from wit_world.imports.types import WriteError_Gone, WriteError_NotGranted, WriteError_Reset


class WriteRefused(Exception):
    """The exchange's state, a limit or a missing grant forbids it; the text says why."""


class NotGranted(WriteRefused):
    """The tenant has not been granted raw writes."""


class Gone(ConnectionError):
    """The client has reset the stream or left."""


def writing(function, *arguments):
    """Writes; what host refuses becomes an exception."""
    try:
        return function(*arguments)
    except Err as error:
        why = error.value
        if isinstance(why, WriteError_Gone):
            raise Gone("the client has left") from None
        if isinstance(why, WriteError_Reset):
            raise Gone("the client has reset the stream (%d)" % why.value) from None
        refused = NotGranted if isinstance(why, WriteError_NotGranted) else WriteRefused
        raise refused(why.value) from None
