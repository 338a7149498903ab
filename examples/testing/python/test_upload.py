"""Uploads: what came, and servers that do not wait for it."""

import http.client

BOUNDARY = "a3f1c9"


# === the client


def upload(address, files, chunk=65536):
    """Sends files in a form, by pieces; answers status and body.

    A server may answer before it has all of it. What is left is not sent then.
    """
    parts = []
    for name, (filename, content) in files.items():
        head = (
            f"--{BOUNDARY}\r\n"
            f'Content-Disposition: form-data; name="{name}"; filename="{filename}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        )
        parts.append(head.encode() + content + b"\r\n")
    body = b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.putrequest("POST", "/upload")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    try:
        for at in range(0, len(body), chunk):
            connection.send(body[at : at + chunk])
    except ConnectionError:
        pass  # perhaps it has said why
    response = connection.getresponse()
    answer = response.status, response.read()
    connection.close()
    return answer


# === its tests


def address(server):
    return f"127.0.0.1:{server.port}"


def test_files_arrive(host_test_server):
    host_test_server.mock("POST /upload", 201)
    files = {"photo": ("cat.jpg", b"\xff\xd8\xff\xe0" * 1000), "notes": ("a.txt", b"miaow")}
    assert upload(address(host_test_server), files) == (201, b"")
    request = host_test_server.take_request()
    assert request.body_length == len(request.data)
    (photo,), (notes,) = request.files["photo"], request.files["notes"]
    assert (photo["filename"], photo["content"]) == files["photo"]
    assert notes["content_type"] == "application/octet-stream"


def test_a_server_that_answers_early(host_test_server):
    # `early`: the answer is there before the body has come.
    refusal = {"status": 413, "body": "too much", "early": True}
    host_test_server.mock("POST /upload", refusal)
    status, body = upload(address(host_test_server), {"film": ("a.mp4", b"\xff" * (4 << 20))})
    assert (status, body) == (413, b"too much")


def test_a_server_that_reads_late(host_test_server):
    # It looks at the body a while after the head: what the network holds meanwhile is
    # less than this, so the client has to wait.
    host_test_server.mock("POST /upload", {"status": 200, "delay": {"request": 0.1}})
    status, _ = upload(address(host_test_server), {"film": ("a.mp4", b"\xff" * (4 << 20))})
    assert status == 200
    assert host_test_server.requests()[0].body_length > 4 << 20


def test_what_the_server_makes_of_it(host_test_server):
    def count(request):
        sizes = {part["filename"]: len(part["content"]) for part in request.files["f"]}
        return {"body": {"json": sizes}}

    host_test_server.mock("POST /upload", callback=count)
    status, body = upload(address(host_test_server), {"f": ("a.bin", b"12345")})
    assert (status, body) == (200, b'{"a.bin":5}')
