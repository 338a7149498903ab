// `/by-hand`: an answer whose every byte, or every frame, is the handler's own.
//
// On HTTP/1 these are a status line with a reason nobody has registered, a field in an
// odd case, and the content. On HTTP/2 they are a header block in two frames, content
// around a frame of a type that HTTP/2 does not know, and the end of the stream. What is
// written behind the end is refused, and has failed no request.

const UNKNOWN = 0xfa;

/** @type {import("host-guest").Main} */
export function main(request, response) {
  const writer = response.writer;
  if (request.streamId === 0) {
    response.addRequiredHeaders = false;
    writer.writeStatus(299, "By Hand");
    writer.writeHeader("X-oDD-cASE", "kept");
    writer.writeHeader("Content-Length", "8");
    writer.endHeaders();
    writer.writeRawContent("by ");
    writer.write("hand\n");
    return;
  }
  writer.writeRawHeaderFrame({ ":status": "299" });
  writer.writeRawContinuationFrame({ "X-oDD-cASE": "kept" }, { endHeaders: true });
  writer.writeRawDataFrame("by ");
  writer.writeRawFrame(UNKNOWN, 0x5, request.streamId, "odd");
  writer.writeRawDataFrame("hand\n", { endStream: true });
  writer.writeData("too late");
}
