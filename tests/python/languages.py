"""hello and frames in every language answer as the Rust ones do, on both protocols.

    languages.py PORT FOLDER...

The first folder's answers are the ones wanted; in each are hello.wasm and
frames.wasm."""

import http.client
import sys

import h2.events

from session import DEADLINE, Session, expect, fail, port

# Each asks one handler: its name, the method, fields, content in pieces.
CASES = [
    ("hello", "GET", [], []),
    ("hello", "HEAD", [], []),
    ("hello", "POST", [], [b"ignored"]),
    ("frames", "POST", [("test", "pass")], [b"stressed"]),
    # Bytes that are all the same: HTTP/1's pieces are cut where they happen to be.
    ("frames", "POST", [("test", "pass")], [b"", b"\xff" * 80_000]),
    ("frames", "GET", [("test", "pass")], []),
    ("frames", "POST", [("test", "fail")], [b"refused"]),
    ("frames", "POST", [("test", "fail")], [b"refused", b"twice"]),
    ("frames", "GET", [], []),
]


def without_date(fields):
    return [(name, value) for name, value in fields if name.lower() != "date"]


def by_http1(path, method, fields, pieces):
    """Status, reason, fields and content of the answer to a request in chunks."""
    connection = http.client.HTTPConnection("127.0.0.1", port(), timeout=DEADLINE)
    body = (piece for piece in pieces if piece) if pieces else None
    connection.request(method, path, body, dict(fields), encode_chunked=bool(pieces))
    answer = connection.getresponse()
    content = answer.read()
    head = without_date(answer.getheaders())
    connection.close()
    return answer.status, answer.reason, head, content


def by_http2(path, method, fields, pieces):
    """Fields and content; the head is read before the content is sent, which
    shows that `frames` answers at once."""
    session = Session(port())
    stream = session.request(path, *fields, method=method, end=not pieces)
    is_at_once = path.endswith("frames")
    head = session.head(stream) if is_at_once else None
    is_refused = is_at_once and dict(head)[":status"] == "403"
    if not is_refused:
        for n, piece in enumerate(pieces):
            for start in range(0, max(1, len(piece)), 16_000):
                part = piece[start : start + 16_000]
                is_last = n == len(pieces) - 1 and start + 16_000 >= len(piece)
                wait_for_window(session, stream, len(part))
                session.data(stream, part, end=is_last)
    head = head or session.head(stream)
    return without_date(head), session.body(stream)


def wait_for_window(session, stream, size):
    """Until the client may send so much; what comes meanwhile is kept."""
    kept = []
    while session.h2.local_flow_control_window(stream) < size:
        event = session.next(h2.events.Event)
        if not isinstance(event, h2.events.WindowUpdated):
            kept.append(event)
    session.events = kept + session.events


def each_frame_is_answered_at_once(folder):
    session = Session(port())
    stream = session.request(f"/{folder}/frames", ("test", "pass"))
    expect(dict(session.head(stream))[":status"], "200")
    for content in [b"abc", b"x" * 1000 + b"y", b"12"]:
        session.data(stream, content)
        event = session.next(h2.events.DataReceived)
        expect(event.data, content[::-1])
    session.data(stream, b"", end=True)
    expect(session.body(stream), b"\nEnd of File")


def main():
    wanted, *others = sys.argv[2:]
    for name, *request in CASES:
        for ask in (by_http1, by_http2):
            answer = ask(f"/{wanted}/{name}", *request)
            for folder in others:
                got = ask(f"/{folder}/{name}", *request)
                if got != answer:
                    shown = [str(it)[:300] for it in (request, got, answer)]
                    fail("{}/{} by {}: {}\ngot    {}\nwanted {}".format(
                        folder, name, ask.__name__, *shown))
    for folder in [wanted, *others]:
        each_frame_is_answered_at_once(folder)
    # What the Rust ones answer is the wanted answer, and not just the same one.
    expect(by_http1(f"/{wanted}/hello", "GET", [], [])[3], b"Hello, world!\n")
    status, _, head, content = by_http1(
        f"/{wanted}/frames", "POST", [("test", "pass")], [b"stressed"]
    )
    expect((status, ("test", "passed") in head), (200, True))
    expect(content, b"desserts\nEnd of File")
    print(f"{len(CASES)} requests, {len(others) + 1} languages, both protocols")


main()
