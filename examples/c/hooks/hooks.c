// `/hooks?token=UUID`: every hook. Each leaves a line of what it saw in the stash,
// since after a reset or the end of the connection nobody is there to be answered.
// `/hooks?seen=UUID` takes the first of these lines out, and waits for one.
//
// With `&watch=SECONDS` the answer stays open for so long, or until a PING comes:
// the hooks that watch the client run meanwhile. `&pipe=sign(NAME)` is a pipe of
// this handler's own.

#include <host.h>

// Where the number of visitors is kept; the lock keeps them from counting at once.
#define VISITORS host_text("61c1ab1e-5b0d-4a2e-9d0c-7c0ffee00000")

// Leaves a line for whoever asks with the same token.
static bool note(host_request_t request, host_bytes_t line, host_error_t *error) {
  host_bytes_t token;
  if (!host_query(request, "token", &token)) return true;
  return host_stash_send(token, line, error);
}

HANDLE_HEADERS(frame, request, response) {
  const char *end = frame->end_stream ? "true" : "false";
  return note(request, host_format("headers end-stream=%s", end), error);
}

HANDLE_DATA(frame, request, response) {
  return note(request, host_format("data %zu", frame->data.len), error);
}

HANDLE_TRAILERS(frame, request, response) {
  for (size_t n = 0; n < frame->headers.len; n++) {
    host_bytes_t name = frame->headers.ptr[n].f0, value = frame->headers.ptr[n].f1;
    host_bytes_t line = host_format("trailer %.*s=%.*s", (int)name.len, (char *)name.ptr,
                                    (int)value.len, (char *)value.ptr);
    if (!note(request, line, error)) return false;
  }
  return true;
}

HANDLE_FRAME(frame, request, response) {
  const uint8_t ping = 6;
  if (frame->type == ping) host_watch(response, 0);
  return note(request, host_format("frame %d", frame->type), error);
}

HANDLE_RESET(code, request, response) {
  return note(request, host_format("reset %u", code), error);
}

HANDLE_CLOSE(closing, request, response) {
  if (closing->tag == HOST_HANDLER_FRAMES_CLOSING_EOF)
    return note(request, host_text("eof"), error);
  return note(request, host_format("goaway %u", closing->val.goaway.code), error);
}

HANDLE_PIPE(name, arguments, is_known, request, response) {
  *is_known = host_equals((host_bytes_t){name->ptr, name->len}, "sign");
  if (!*is_known) return true;  // Then there is no such pipe, and the client is told.
  if (arguments->len != 1) return host_fail(error, 400, "sign takes a name");
  host_bytes_t content;
  host_handler_response_method_response_content(response, &content);
  host_content(response, host_format("%.*s-- %.*s\n", (int)content.len,
                                     (char *)content.ptr, (int)arguments->ptr[0].len,
                                     (char *)arguments->ptr[0].ptr));
  return true;
}

static bool count(int *visitor, host_error_t *error) {
  host_lock_t lock;
  host_option_t before;
  if (!host_stash_lock(&lock, error)) return false;
  if (!host_stash_take(VISITORS, &before, error)) return false;
  *visitor = before.is_some ? atoi(host_c_string(before.val)) + 1 : 1;
  if (!host_stash_put(VISITORS, host_format("%d", *visitor), error)) return false;
  host_stash_release(lock);
  return true;
}

MAIN(request, response) {
  host_bytes_t seen, watch;
  if (host_query(request, "seen", &seen)) {
    host_option_t line;
    if (!host_stash_receive(seen, 5 * HOST_SECOND, &line, error)) return false;
    if (!line.is_some) return host_fail(error, 404, "nothing was seen");
    host_content(response, line.val);
    return true;
  }
  if (!note(request, host_text("main"), error)) return false;
  if (host_query(request, "watch", &watch)) {
    char *end, *text = host_c_string(watch);
    unsigned long seconds = strtoul(text, &end, 10);
    if (end == text || *end) return host_fail(error, 400, "watch is a number of seconds");
    host_watch(response, seconds * HOST_SECOND);
    return host_write_content(response, host_text("watching\n"), error);
  }
  int visitor;
  if (!count(&visitor, error)) return false;
  host_content(response, host_format("You are visitor %d.\n", visitor));
  return true;
}
