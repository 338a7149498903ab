// `/frames`: a hook for each frame, after the script in wptserve's "Writing H2
// Tests".
//
// A request whose header `test` is `pass` is answered at once, before any of
// its body has come. Then each DATA frame is sent back reversed as soon as it
// arrives, and the last line follows when the request is complete. Any other
// request is refused; what the later hooks write for it is refused in turn, and
// a hook that fails only for that has not failed.

/** @type {import("host-guest").HandleHeaders} */
export function handleHeaders(frame, request, response) {
  if (request.header("test") === "pass") {
    response.status = 200;
    response.headers.update({ test: "passed" });
    response.writeStatusHeaders();
  } else {
    response.status = 403;
    response.headers.update({ test: "failed" });
    response.writeStatusHeaders();
    response.writer.endStream();
  }
}

/** @type {import("host-guest").HandleData} */
export function handleData(frame, request, response) {
  response.writer.writeData(frame.data.reverse());
}

/** @type {import("host-guest").Main} */
export function main(request, response) {
  response.writer.writeData("\nEnd of File", { last: true });
}
