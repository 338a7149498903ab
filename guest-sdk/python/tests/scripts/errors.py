from wptserve.handlers import HTTPException


def main(request, response):
    how = request.GET.first(b"as")
    if how == b"raise":
        raise HTTPException(403, "not you")
    if how == b"bare":
        raise HTTPException(404)
    if how == b"set":
        response.headers.set("X-Lost", "1")
        response.set_error(400, "bad \u2603")
    if how == b"key":
        return {}["no"]
    if how == b"os":
        return open("/nowhere/at/all")
    if how == b"noerr":
        response.set_error(409)
