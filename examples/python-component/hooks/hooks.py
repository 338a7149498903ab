"""`/hooks?token=UUID`: every hook, compiled. Each leaves a line of what it saw in the
stash, since after a reset or the end of the connection nobody is there to be answered.
`/hooks?seen=UUID` takes the first of these lines out, and waits for one.

With `&watch=SECONDS` the answer stays open for so long, or until a PING comes: the
hooks that watch the client run meanwhile. `&pipe=sign(NAME)` is a pipe of this
handler's own.
"""

from host_guest import HTTPException
from wit_world.imports import stash
from wit_world.imports.frames import (
    Closing,
    Closing_Goaway,
    ControlFrame,
    DataFrame,
    HeadersFrame,
)
from wit_world.imports.request import Request
from wit_world.imports.response import Response

# Where the number of visitors is kept; the lock keeps them from counting at once.
VISITORS = "61c1ab1e-5b0d-4a2e-9d0c-7c0ffee00000"


def asked(request: Request, name: str) -> str | None:
    """The query's value of this name."""
    value = dict(request.query()).get(name.encode())
    return None if value is None else value.decode()


def note(request: Request, line: str) -> None:
    """Leaves a line for whoever asks with the same token."""
    token = asked(request, "token")
    if token is not None:
        stash.send(token, line.encode(), None)


def handle_headers(frame: HeadersFrame, request: Request, response: Response):
    note(request, f"headers end-stream={str(frame.end_stream).lower()}")


def handle_data(frame: DataFrame, request: Request, response: Response):
    note(request, f"data {len(frame.data)}")


def handle_trailers(frame: HeadersFrame, request: Request, response: Response):
    for name, value in frame.headers:
        note(request, f"trailer {name.decode()}={value.decode()}")


def handle_frame(frame: ControlFrame, request: Request, response: Response):
    ping = 6
    if frame.type == ping:
        response.set_watch(0)
    note(request, f"frame {frame.type}")


def handle_reset(code: int, request: Request, response: Response):
    note(request, f"reset {code}")


def handle_close(closing: Closing, request: Request, response: Response):
    is_goaway = isinstance(closing, Closing_Goaway)
    note(request, f"goaway {closing.value.code}" if is_goaway else "eof")


def handle_pipe(name: str, arguments: list[str], request: Request, response: Response):
    if name != "sign":
        return False  # Then there is no such pipe, and the client is told.
    if len(arguments) != 1:
        raise HTTPException(400, "sign takes a name")
    response.set_content(response.content() + f"-- {arguments[0]}\n".encode())
    return True


def main(request: Request, response: Response):
    seen = asked(request, "seen")
    if seen is not None:
        line = stash.receive(seen, 5_000_000_000, None)
        if line is None:
            raise HTTPException(404, "nothing was seen")
        return line
    note(request, "main")
    watch = asked(request, "watch")
    if watch is not None:
        if not watch.isdigit():
            raise HTTPException(400, "watch is a number of seconds")
        response.set_watch(int(watch) * 1_000_000_000)
        response.write_content(b"watching\n")
        return None
    return f"You are visitor {count()}.\n"


def count() -> int:
    with stash.lock():
        before = int(stash.take(VISITORS, None) or 0)
        stash.put(VISITORS, str(before + 1).encode(), None)
    return before + 1
