// `/hooks?token=UUID`: every hook. Each leaves a line of what it saw in the stash,
// since after a reset or the end of the connection nobody is there to be answered.
// `/hooks?seen=UUID` takes the first of these lines out, and waits for one.
//
// With `&watch=SECONDS` the answer stays open for so long, or until a PING comes:
// the hooks that watch the client run meanwhile. `&pipe=sign(NAME)` is a pipe of
// this handler's own.

import { HTTPError, stash } from "host-guest";
import type {
  Answer, Closing, ControlFrame, DataFrame, HeadersFrame, Pipe, Request, Response,
} from "host-guest";

/** Where the number of visitors is kept; the lock keeps them from counting at once. */
const VISITORS = "61c1ab1e-5b0d-4a2e-9d0c-7c0ffee00000";

/** Leaves a line for whoever asks with the same token. */
function note(request: Request, line: string) {
  const token = request.query.get("token");
  if (token !== undefined) stash.send(token, line);
}

export function handleHeaders(frame: HeadersFrame, request: Request) {
  note(request, `headers end-stream=${frame.endStream}`);
}

export function handleData(frame: DataFrame, request: Request) {
  note(request, `data ${frame.data.length}`);
}

export function handleTrailers(frame: HeadersFrame, request: Request) {
  for (const [name, value] of frame.headers) note(request, `trailer ${name}=${value}`);
}

export function handleFrame(frame: ControlFrame, request: Request, response: Response) {
  const PING = 6;
  if (frame.type === PING) response.watch(0);
  note(request, `frame ${frame.type}`);
}

export function handleReset(code: number, request: Request) {
  note(request, `reset ${code}`);
}

export function handleClose(closing: Closing, request: Request) {
  note(request, closing.tag === "goaway" ? `goaway ${closing.val.code}` : "eof");
}

export function handlePipe(pipe: Pipe, request: Request, response: Response) {
  if (pipe.name !== "sign") return false; // Then there is no such pipe, and the client is told.
  if (pipe.arguments.length !== 1) throw new HTTPError(400, "sign takes a name");
  response.content = `${response.text()}-- ${pipe.arguments[0]}\n`;
  return true;
}

export function main(request: Request, response: Response): Answer {
  const seen = request.query.get("seen");
  if (seen !== undefined) {
    const line = stash.receive(seen, 5);
    if (line === undefined) throw new HTTPError(404, "nothing was seen");
    return line;
  }
  note(request, "main");
  const watch = request.query.get("watch");
  if (watch !== undefined) {
    const seconds = Number(watch);
    if (!Number.isInteger(seconds)) throw new HTTPError(400, "watch is a number of seconds");
    response.watch(seconds);
    response.writeContent("watching\n");
    return;
  }
  return `You are visitor ${count()}.\n`;
}

function count() {
  using _lock = stash.lock();
  const before = Number(stash.takeText(VISITORS) ?? 0);
  stash.put(VISITORS, String(before + 1));
  return before + 1;
}
