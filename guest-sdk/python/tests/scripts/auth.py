def main(request, response):
    if request.auth.username is None:
        response.status = 401
        response.headers.set("WWW-Authenticate", 'Basic realm="r"')
        return "who?"
    return repr((request.auth.username, request.auth.password))
