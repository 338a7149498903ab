"""Set-Cookie lines, as wptserve writes them."""

from datetime import datetime, timedelta, timezone

from .utils import isomorphic_decode

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun",
           "jul", "aug", "sep", "oct", "nov", "dec")


def set_cookie(name, value, path, domain, max_age, expires, samesite, secure, httponly,
               comment):
    """The line's value. A value of None makes the client forget the cookie.

    Names and values are written as they are: tests want malformed ones as well.
    """
    if value is None:
        value, max_age, expires = b"", 0, timedelta(days=-1)
    if isinstance(expires, timedelta):
        expires = datetime.now(timezone.utc) + expires
    if expires is not None:
        month = _MONTHS[expires.month - 1]
        expires = expires.strftime("%d %%s %Y %H:%M:%S GMT") % month
    if hasattr(max_age, "total_seconds"):
        max_age = max_age.total_seconds()
    if max_age is not None:
        # Without a digit for nothing: wptserve's "%.0d" says "0" all the same.
        max_age = "%d" % int(max_age)
    attributes = (
        ("Comment", comment and _quoted(comment)),
        ("Domain", domain),
        ("expires", expires),
        ("HttpOnly", bool(httponly)),
        ("Max-Age", max_age),
        ("Path", path),
        ("SameSite", samesite),
        ("Secure", bool(secure)),
    )
    line = "%s=%s" % (isomorphic_decode(name), isomorphic_decode(value))
    for key, value in attributes:
        if value is True:
            line += "; " + key
        elif value:
            line += "; %s=%s" % (key, value)
    return line


def cookie_name(line):
    """The name that a Set-Cookie line sets, as text."""
    return isomorphic_decode(line).split(";", 1)[0].split("=", 1)[0].strip()


def _quoted(text):
    if all(c.isascii() and (c.isalnum() or c in "!#$%&'*+-.^_`|~:") for c in text):
        return text
    return '"%s"' % text.replace("\\", "\\\\").replace('"', '\\"')
