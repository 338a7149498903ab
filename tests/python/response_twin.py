"""Does to its response what the query says, as ?op=set~X~1&op=content~TEST:
tests/guests/response-twin does the same on host."""

from wptserve.utils import HTTPException


def main(request, response):
    said = []
    for op in request.GET.get_list(b"op"):
        words = op.decode("latin-1").encode("latin-1").decode("utf-8").split("~")
        result = does(words, response, said)
        if result is not None:
            return result
    if said:
        response.content = "".join(said)
    return None


def does(words, response, said):
    headers = response.headers
    match words:
        case ["status", code]:
            response.status = int(code)
        case ["status", code, reason]:
            response.status = (int(code), reason)
        case ["set", name, value]:
            headers.set(name, value)
        case ["append", name, value]:
            headers.append(name, value)
        case ["update", a, b, c, d]:
            headers.update([(a, b), (c, d)])
        case ["replace", name, value]:
            response.headers = [(name, value)]
        case ["del", name]:
            del headers[name]
        case ["get", name]:
            values = [value.decode("latin-1") for value in headers.get(name)]
            said.append("[" + ", ".join(f'"{value}"' for value in values) + "]\n")
        case ["in", name]:
            said.append(f"{name in headers}\n")
        case ["items"]:
            said += [f"{n.decode()}: {v.decode()}\n" for n, v in headers.items()]
        case ["cookie", name, value, *more]:
            pairs = [word.split("=", 1) for word in more]
            attributes = {key: value or True for key, value in pairs}
            if "max_age" in attributes:
                attributes["max_age"] = int(attributes["max_age"])
            response.set_cookie(name.encode(), value.encode(), **attributes)
        case ["unset", name]:
            response.unset_cookie(name.encode())
        case ["delete", name]:
            response.delete_cookie(name.encode())
        case ["delete", name, path, domain]:
            response.delete_cookie(name.encode(), path=path, domain=domain)
        case ["content", text]:
            response.content = text
        case ["error", code, message]:
            response.set_error(int(code), message)
        case ["raise", code, message]:
            raise HTTPException(int(code), message)
        case ["fail"]:
            int("x")
        case ["bare"]:
            response.add_required_headers = False
        case ["close"]:
            response.close_connection = True
        case ["head-body"]:
            response.send_body_for_head_request = True
        case ["pieces", *pieces]:
            return (piece for piece in pieces)
        case ["return", text]:
            return text
        case ["return2", name, value, text]:
            return [(name, value)], text
        case ["return3", code, name, value, text]:
            return int(code), [(name, value)], text
        case ["return3", code, reason, name, value, text]:
            return (int(code), reason), [(name, value)], text
        case ["write-head"]:
            response.write_status_headers()
        case ["write"]:
            response.write()
        case _:
            raise ValueError(f"no operation {words}")
    return None
