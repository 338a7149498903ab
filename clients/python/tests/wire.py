"""Requests as bytes, and whatever comes back."""

import socket


def ask(port: int, request: bytes, address: str = "127.0.0.1") -> bytes:
    """Sends these bytes; answers all that comes until the connection is closed."""
    with socket.create_connection((address, port), timeout=30) as client:
        client.sendall(request)
        got = b""
        while True:
            try:
                some = client.recv(65536)
            except ConnectionResetError:
                return got + b"<reset>"
            if not some:
                return got
            got += some


def get(target: str = "/", *lines: str, method: str = "GET", body: bytes = b"") -> bytes:
    """A request of HTTP/1.1."""
    head = [f"{method} {target} HTTP/1.1", "Host: a.test", *lines]
    if body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def form(*parts: bytes, boundary: str = "BOUND", charset: str = "") -> bytes:
    """A POST of a form that is made of these parts."""
    line = f"--{boundary}\r\n".encode()
    body = b"".join(line + part + b"\r\n" for part in parts) + f"--{boundary}--\r\n".encode()
    kind = f"Content-Type: multipart/form-data; boundary={boundary}{charset}"
    return get("/form", kind, method="POST", body=body)
