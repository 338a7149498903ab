// `/by-hand`: an answer whose every byte, or every frame, is the handler's own.
//
// On HTTP/1 these are a status line with a reason nobody has registered, a field in an
// odd case, and the content. On HTTP/2 they are a header block in two frames, content
// around a frame of a type that HTTP/2 does not know, and the end of the stream. What is
// written behind the end is refused, and has failed no request.

#include <host.h>

static bool by_lines(host_response_t response, host_error_t *error) {
  host_plain_head(response);
  return host_write_status(response, 299, "By Hand", error) &&
         host_write_header(response, "X-oDD-cASE", "kept", error) &&
         host_write_header(response, "Content-Length", "8", error) &&
         host_end_headers(response, error) &&
         host_write_raw_content(response, host_text("by "), error) &&
         host_write(response, host_text("hand\n"), error);
}

static bool by_frames(host_request_t request, host_response_t response,
                      host_error_t *error) {
  const uint8_t unknown = 0xfa, flags = 0x5;
  return host_write_raw_header_frame(response, HOST_FIELDS({":status", "299"}), false,
                                     false, error) &&
         host_write_raw_continuation_frame(response, HOST_FIELDS({"X-oDD-cASE", "kept"}),
                                           true, error) &&
         host_write_raw_data_frame(response, host_text("by "), false, error) &&
         host_write_raw_frame(response, unknown, flags, host_stream(request),
                              host_text("odd"), error) &&
         host_write_raw_data_frame(response, host_text("hand\n"), true, error) &&
         host_write_data(response, host_text("too late"), false, error);
}

MAIN(request, response) {
  if (host_stream(request) == 0) return by_lines(response, error);
  return by_frames(request, response, error);
}
