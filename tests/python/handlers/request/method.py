"""Says the method, and answers each as it deserves."""


def main(request, response):
    response.headers.set(b"X-Method", request.method)
    if request.method == "OPTIONS":
        return 204, [(b"Allow", b"GET, HEAD, OPTIONS, POST, PUT")], b""
    if request.method in ("POST", "PUT"):
        return 201, [("Content-Type", "text/plain")], "created by " + request.method
    if request.method == "DELETE":
        response.status = 405, "Not That One"
        response.content = "no"
        return None
    return [(b"Content-Type", b"text/plain")], request.method
