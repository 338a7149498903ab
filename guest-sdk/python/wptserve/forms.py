"""Files in a form, with the names that Python's `cgi` gave them."""

from email.message import Message
from io import BytesIO

from .utils import isomorphic_decode


class FieldStorage:
    """A field that has a file name: what a browser uploads."""

    def __init__(self, part):
        self.name = isomorphic_decode(part.name)
        self.filename = isomorphic_decode(part.filename)
        self.value = part.value
        self.file = BytesIO(part.value)
        self.headers = Message()
        for name, value in part.headers:
            self.headers[isomorphic_decode(name)] = isomorphic_decode(value)
        self.type = self.headers.get_content_type()
        self.type_options = dict(self.headers.get_params([])[1:])
        self.disposition = self.headers.get_content_disposition()

    def __repr__(self):
        return "FieldStorage(%r, %r, %r)" % (self.name, self.filename, self.value)
