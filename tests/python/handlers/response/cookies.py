"""Cookies, set and taken back."""

from datetime import datetime, timedelta, timezone


def main(request, response):
    for step in request.GET.get_list(b"do"):
        if step == b"plain":
            response.set_cookie(b"a", b"1")
        elif step == b"text":
            response.set_cookie("t", "text")
        elif step == b"path":
            response.set_cookie(b"p", b"1", path="/request")
        elif step == b"no-path":
            response.set_cookie(b"n", b"1", path=None)
        elif step == b"domain":
            response.set_cookie(b"d", b"1", domain="a.test")
        elif step == b"age":
            response.set_cookie(b"m", b"1", max_age=60)
        elif step == b"age-delta":
            response.set_cookie(b"m", b"1", max_age=timedelta(hours=1))
        elif step == b"until":
            until = datetime(2033, 5, 18, 3, 33, 20, tzinfo=timezone.utc)
            response.set_cookie(b"u", b"1", expires=until)
        elif step == b"until-delta":
            response.set_cookie(b"u", b"1", expires=timedelta(days=2))
        elif step == b"strict":
            response.set_cookie(b"s", b"1", samesite="Strict", secure=True, httponly=True)
        elif step == b"not":
            response.set_cookie(b"s", b"1", secure=False, httponly=False)
        elif step == b"comment":
            response.set_cookie(b"c", b"1", comment="why")
        elif step == b"none":
            response.set_cookie(b"a", None)
        elif step == b"unset":
            response.unset_cookie(b"a")
        elif step == b"delete":
            response.delete_cookie(b"a")
        elif step == b"delete-path":
            response.delete_cookie(b"a", path="/request", domain="a.test")
        elif step == b"by-hand":
            response.headers.append(b"Set-Cookie", b"h=1; Path=/; Partitioned; Secure")
    return "%d cookies" % len(response.headers.get(b"Set-Cookie"))
