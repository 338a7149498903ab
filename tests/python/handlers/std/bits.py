"""Pictures and sounds, made of numbers."""

import array
import io
import math
import struct
import zlib


def chunk(kind, data):
    check = zlib.crc32(kind + data) & 0xFFFFFFFF
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)


def picture(red, green, blue):
    out = io.BytesIO()
    out.write(b"\x89PNG\r\n\x1a\n")
    out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)))
    # Not compressed, so that every zlib makes the same of it.
    out.write(chunk(b"IDAT", zlib.compress(bytes([0, red, green, blue]), 0)))
    out.write(chunk(b"IEND", b""))
    return out.getvalue()


def sound(samples):
    wave = array.array("h", (int(1000 * math.sin(math.pi * n / 8)) for n in range(samples)))
    data = struct.pack("<%dh" % len(wave), *wave)
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16,
                       1, 1, 8000, 16000, 2, 16, b"data", len(data))
    return head + data


def main(request, response):
    if b"sound" in request.GET:
        response.headers.set(b"Content-Type", b"audio/wav")
        return sound(int(request.GET.first(b"sound")))
    response.headers.set(b"Content-Type", b"image/png")
    return picture(*(int(n) for n in request.GET.first(b"rgb", b"0,128,0").split(b",")))
