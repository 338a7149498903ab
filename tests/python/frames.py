"""The seed's script, driven frame by frame by hyper-h2."""

import h2.events

from session import Session, expect, port


def one_frame_after_the_other(session):
    stream = session.request("/frames", ("test", "pass"))
    head = session.response(stream)
    expect(head[":status"], "200")
    expect(head["test"], "passed")
    for content in [b"abc", b"", b"x" * 1000 + b"y", b"12"]:
        session.data(stream, content)
        if content:
            event = session.next(h2.events.DataReceived)
            while not event.data:
                event = session.next(h2.events.DataReceived)
            expect(event.data, content[::-1])
    session.data(stream, b"", end=True)
    expect(session.body(stream), b"\nEnd of File")


def all_frames_at_once(session):
    stream = session.request("/frames", ("test", "pass"))
    pieces = [bytes([65 + n]) * n + b"." for n in range(26)]
    for n, piece in enumerate(pieces):
        session.data(stream, piece, pad=n if n % 3 else None)
    session.data(stream, b"last", end=True)
    expect(session.response(stream)[":status"], "200")
    wanted = b"".join(piece[::-1] for piece in pieces) + b"tsal\nEnd of File"
    expect(session.body(stream), wanted)


def interleaved_streams(session):
    streams = [session.request("/frames", ("test", "pass")) for _ in range(10)]
    heads = {session.next(h2.events.ResponseReceived).stream_id for _ in streams}
    expect(heads, set(streams))
    for content in (b"one", b"two"):
        for stream in streams:
            session.data(stream, content + b"%d" % stream)
    for stream in streams:
        session.data(stream, b"", end=True)
    bodies = {stream: b"" for stream in streams}
    open_streams = len(streams)
    while open_streams:
        event = session.next(h2.events.DataReceived, h2.events.StreamEnded)
        if isinstance(event, h2.events.DataReceived):
            bodies[event.stream_id] += event.data
        else:
            open_streams -= 1
    for stream in streams:
        digits = (b"%d" % stream)[::-1]
        wanted = digits + b"eno" + digits + b"owt" + b"\nEnd of File"
        expect(bodies[stream], wanted)


def refused(session):
    stream = session.request("/frames", ("test", "fail"), end=True)
    head = session.response(stream)
    expect((head[":status"], head["test"]), ("403", "failed"))
    expect(session.body(stream), b"")


def main():
    session = Session(port())
    one_frame_after_the_other(session)
    all_frames_at_once(session)
    interleaved_streams(session)
    refused(session)


main()
