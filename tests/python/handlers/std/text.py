"""Text by the modules for it."""

import html
import re
import string
import textwrap
import unicodedata
import urllib
import urllib.parse


def main(request, response):
    text = request.GET.first(b"text", b"a &b <c>").decode("utf-8", "replace")
    how = request.GET.first(b"how", b"escape")
    response.headers.set(b"Content-Type", b"text/plain; charset=utf-8")
    if how == b"escape":
        return html.escape(text)
    if how == b"unescape":
        return html.unescape(text)
    if how == b"quote":
        return urllib.parse.quote(text, safe="")
    if how == b"unquote":
        return urllib.parse.unquote(text)
    if how == b"join":
        return urllib.parse.urljoin("http://a.test/b/c?d", text)
    if how == b"template":
        return string.Template("[$text] $$").substitute(text=text)
    if how == b"letters":
        return "".join(c for c in text if c in string.ascii_letters)
    if how == b"search":
        found = re.search(r"(?P<word>\w+)\W*$", text)
        return found.group("word") if found else "none"
    if how == b"replace":
        return re.sub(r"[aeiou]", lambda match: match.group().upper(), text)
    if how == b"normal":
        return unicodedata.normalize("NFD", text).encode("utf-8")
    if how == b"idna":
        return text.encode("idna")
    if how == b"shift-jis":
        return text.encode("shift_jis", "xmlcharrefreplace")
    return textwrap.fill(text, 10)
