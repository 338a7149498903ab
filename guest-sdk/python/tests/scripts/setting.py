def main(request, response):
    headers = response.headers
    headers.set("X-Set", "old")
    headers.set("x-SET", b"new")
    headers["X-Item"] = 7
    headers.append("X-Many", "1")
    headers.append("Content-Type", "text/plain")
    headers.append("x-many", "2")
    headers.update([("X-Upd", "u"), ("X-Upd", "v")])
    headers.set("X-Gone", "x")
    del headers["x-gone"]
    seen = [headers.get("x-many"), headers["X-Set"], headers.get("none"), headers.get("none", 1),
            "X-Item" in headers, "none" in headers, headers.items()]
    response.content = repr(seen)
