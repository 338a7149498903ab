// `/frames`: a hook for each frame, after the script in wptserve's "Writing H2
// Tests".
//
// A request whose header `test` is `pass` is answered at once, before any of
// its body has come. Then each DATA frame is sent back reversed as soon as it
// arrives, and the last line follows when the request is complete. Any other
// request is refused; what the later hooks write for it is refused in turn, which
// host_write_data takes for no failure.

#include <host.h>

HANDLE_HEADERS(frame, request, response) {
  host_bytes_t test;
  if (host_header(request, "test", &test) && host_equals(test, "pass")) {
    host_status(response, 200);
    host_append(response, "test", "passed");
    return host_write_status_headers(response, error);
  }
  host_status(response, 403);
  host_append(response, "test", "failed");
  return host_write_status_headers(response, error) && host_end_stream(response, error);
}

HANDLE_DATA(frame, request, response) {
  host_bytes_t data = frame->data;
  for (size_t n = 0; n < data.len / 2; n++) {
    uint8_t first = data.ptr[n];
    data.ptr[n] = data.ptr[data.len - 1 - n];
    data.ptr[data.len - 1 - n] = first;
  }
  return host_write_data(response, data, false, error);
}

MAIN(request, response) {
  return host_write_data(response, host_text("\nEnd of File"), true, error);
}
