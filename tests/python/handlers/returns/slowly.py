"""Pieces that are made while they are sent, with pauses."""

from time import sleep


def pieces(count, pause):
    for number in range(count):
        if number:
            sleep(pause)
        yield f"piece {number}\n"


def main(request, response):
    count = int(request.GET.first(b"count", b"3"))
    pause = float(request.GET.first(b"pause", b"0.02"))
    response.headers.set(b"Content-Type", b"text/plain")
    response.headers.set(b"Cache-Control", b"no-store")
    return pieces(count, pause)
