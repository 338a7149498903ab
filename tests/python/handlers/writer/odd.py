"""Heads that no server would write."""

ODD = {
    b"no-reason": b"HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na",
    b"old": b"HTTP/1.0 200 OK\r\n\r\nuntil the end",
    b"newlines": b"HTTP/1.1 200 OK\nContent-Length: 1\n\na",
    b"folded": b"HTTP/1.1 200 OK\r\nX-Long: a\r\n b\r\nContent-Length: 1\r\n\r\na",
    b"twice": b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na",
    b"spaces": b"HTTP/1.1 200 OK\r\nX-Space:   a  \r\nContent-Length: 1\r\n\r\na",
    b"nul": b"HTTP/1.1 200 OK\r\nX-Nul: a\0b\r\nContent-Length: 1\r\n\r\na",
    b"no-head": b"just words",
    b"cut": b"HTTP/1.1 200 OK\r\nContent-Le",
    b"empty": b"",
}


def main(request, response):
    response.close_connection = True
    response.writer.write(ODD[request.GET.first(b"kind")])
