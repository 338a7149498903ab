from datetime import datetime, timedelta


def main(request, response):
    jar = request.cookies
    response.set_cookie(b"a", b"1")
    response.set_cookie("b", "2", path="/x", domain="d.test", max_age=5, secure=True,
                        httponly=True, samesite="Lax", comment="a b")
    response.set_cookie("c", "3", max_age=timedelta(hours=1),
                        expires=datetime(2030, 2, 3, 4, 5, 6))
    response.set_cookie("d", "4", path=None, max_age=0, expires=datetime(2030, 12, 3))
    response.set_cookie("e", "5")
    return repr([jar[b"x"].value, jar.first(b"x").value, str(jar[b"x"]), jar[b"x"] == b"1",
                 b"y" in jar, b"none" in jar, len(jar.get_list(b"x")), jar[b"q"].value,
                 jar[b"x"].path, jar[b"x"].max_age, jar[b"x"].key, sorted(jar.keys())])
