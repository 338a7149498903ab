# Test servers of Python, measured by themselves: for each line on standard input so
# many times start + first answer + stop, in seconds; then, after an empty line, a
# server that answers until standard input ends.
import json
import socket
import sys
import time

if sys.argv[1] == "test_server":
    from test_server import Response, TestServer
else:
    from host_test_server import Response, TestServer


def answer(port):
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.sendall(b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        got = b""
        while piece := client.recv(65536):
            got += piece
    assert got.endswith(b"hello"), got


def cycle():
    begin = time.perf_counter()
    server = TestServer()
    server.start()
    server.add_response(Response(data=b"hello"))
    started = time.perf_counter()
    answer(server.port)
    server.stop()
    return [started - begin, time.perf_counter() - begin]


def say(value):
    print(json.dumps(value), flush=True)


say(cycle())
for line in sys.stdin:
    if not line.strip():
        break
    say([cycle() for _ in range(int(line))])
server = TestServer()
server.start()
server.add_response(Response(data=b"hello"), count=-1)
say(server.port)
sys.stdin.read()
server.stop()
