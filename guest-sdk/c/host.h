// Handlers in C: short names for what most handlers do with the contract that
// handler.h declares (`host build` makes it from wit/). All the rest of
// handler.h may be used beside it: every function there has its comment from wit/.
//
// A hook is a macro, and its body a function's:
//
//   MAIN(request, response) {
//     host_content(response, host_text("Hello\n"));
//     return true;
//   }
//
// It returns true, or `host_fail(error, STATUS, "why")`; functions here that can
// fail return false and leave in `error` what a hook may return as it is. An
// instance lives for one request, and its memory with it: nothing has to be freed,
// but in a loop over a long body (`free(piece.ptr)`).
#ifndef HOST_H
#define HOST_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handler.h"

typedef handler_list_u8_t host_bytes_t;
typedef handler_option_list_u8_t host_option_t;  // .is_some, and then .val
typedef handler_borrow_request_t host_request_t;
typedef handler_borrow_response_t host_response_t;
typedef host_handler_writer_own_writer_t host_writer_t;
typedef host_handler_stash_own_guard_t host_lock_t;
typedef handler_handler_error_t host_error_t;
typedef host_handler_types_fields_t host_fields_t;

// A second, in the contract's nanoseconds.
#define HOST_SECOND UINT64_C(1000000000)

// The hooks. Exactly those that a handler defines are in its component.
#define MAIN(request, response)                                                      \
  bool exports_handler_main(host_request_t request, host_response_t response,        \
                            host_error_t *error)
#define HANDLE_HEADERS(frame, request, response)                                     \
  bool exports_handler_handle_headers(handler_headers_frame_t *frame,                \
                                      host_request_t request,                        \
                                      host_response_t response, host_error_t *error)
#define HANDLE_DATA(frame, request, response)                                        \
  bool exports_handler_handle_data(handler_data_frame_t *frame,                      \
                                   host_request_t request, host_response_t response, \
                                   host_error_t *error)
#define HANDLE_TRAILERS(frame, request, response)                                    \
  bool exports_handler_handle_trailers(handler_headers_frame_t *frame,               \
                                       host_request_t request,                       \
                                       host_response_t response, host_error_t *error)
#define HANDLE_FRAME(frame, request, response)                                       \
  bool exports_handler_handle_frame(handler_control_frame_t *frame,                  \
                                    host_request_t request,                          \
                                    host_response_t response, host_error_t *error)
#define HANDLE_RESET(code, request, response)                                        \
  bool exports_handler_handle_reset(uint32_t code, host_request_t request,           \
                                    host_response_t response, host_error_t *error)
#define HANDLE_CLOSE(closing, request, response)                                     \
  bool exports_handler_handle_close(handler_closing_t *closing,                      \
                                    host_request_t request,                          \
                                    host_response_t response, host_error_t *error)
// Sets `*is_known` to whether there is such a pipe.
#define HANDLE_PIPE(name, arguments, is_known, request, response)                    \
  bool exports_handler_handle_pipe(handler_string_t *name,                           \
                                   handler_list_string_t *arguments,                 \
                                   host_request_t request, host_response_t response, \
                                   bool *is_known, host_error_t *error)

// --- bytes ---

// The bytes of a string, without its end.
static inline host_bytes_t host_text(const char *text) {
  return (host_bytes_t){(uint8_t *)text, strlen(text)};
}

// The same as the contract's string.
static inline handler_string_t host_string(const char *text) {
  return (handler_string_t){(uint8_t *)text, strlen(text)};
}

static inline bool host_equals(host_bytes_t bytes, const char *text) {
  return bytes.len == strlen(text) && memcmp(bytes.ptr, text, bytes.len) == 0;
}

// The text of bytes, with its end.
char *host_c_string(host_bytes_t bytes);

// Text made as by printf.
__attribute__((format(printf, 1, 2))) host_bytes_t host_format(const char *format, ...);

// --- errors ---

// Fails a hook: wptserve's HTTPException. Below 500 the client is told why.
bool host_fail(host_error_t *error, uint16_t status, const char *why);

// Whether this handler has ended its answer.
bool host_ended(void);

// What becomes of a write: true if it was done, or refused for no other reason than
// that the answer has ended or the client has left, which fails no request.
bool host_wrote(bool ok, const host_handler_types_write_error_t *refused, bool last,
                host_error_t *error);

// --- the request ---

// The values of one field, joined by commas; false when it is absent.
static inline bool host_header(host_request_t request, const char *name,
                               host_bytes_t *value) {
  handler_string_t wanted = host_string(name);
  return host_handler_request_method_request_header(request, &wanted, value);
}

// The first value of the query's `name`; false when it is absent.
bool host_query(host_request_t request, const char *name, host_bytes_t *value);

// The request's own HTTP/2 stream; 0 on HTTP/1.
uint32_t host_stream(host_request_t request);

// The whole body.
bool host_body(host_request_t request, host_bytes_t *body, host_error_t *error);

// --- the response ---

static inline void host_status(host_response_t response, uint16_t code) {
  host_handler_response_method_response_set_status(response, code, NULL);
}

// Adds a field.
static inline void host_append(host_response_t response, const char *name,
                               const char *value) {
  host_bytes_t field = host_text(name), with = host_text(value);
  host_handler_response_method_response_append_header(response, &field, &with);
}

// Replaces the field.
static inline void host_set(host_response_t response, const char *name,
                            const char *value) {
  host_bytes_t field = host_text(name), with = host_text(value);
  host_handler_response_method_response_set_header(response, &field, &with);
}

static inline void host_content(host_response_t response, host_bytes_t content) {
  host_handler_response_method_response_set_content(response, &content);
}

// Goes on for so long after the last hook: the hooks that watch the client run. May be
// set again by each hook; 0 ends it.
static inline void host_watch(host_response_t response, uint64_t nanoseconds) {
  host_handler_response_method_response_set_watch(response, nanoseconds);
}

// Sends status and fields now.
bool host_write_status_headers(host_response_t response, host_error_t *error);

// Writes a piece of content, the head before the first. Waits until the client takes it.
bool host_write_content(host_response_t response, host_bytes_t piece,
                        host_error_t *error);

// --- the writer ---

// Writes content to the request's own stream; `last` ends it.
bool host_write_data(host_response_t response, host_bytes_t data, bool last,
                     host_error_t *error);

// Ends the request's own stream.
bool host_end_stream(host_response_t response, host_error_t *error);

// Fields for the functions below: HOST_FIELDS({"a", "1"}, {"b", "2"}).
typedef struct {
  const char *name, *value;
} host_field_t;
host_fields_t host_fields(const host_field_t *fields, size_t count);
#define HOST_FIELDS(...)                        \
  host_fields((const host_field_t[]){__VA_ARGS__}, \
              sizeof((const host_field_t[]){__VA_ARGS__}) / sizeof(host_field_t))

// Writes a head, below 200 any number of times before the final one; `last` ends the
// stream.
bool host_write_headers(host_response_t response, uint16_t status, host_fields_t fields,
                        bool last, host_error_t *error);

// Writes trailer fields and ends the stream.
bool host_write_trailers(host_response_t response, host_fields_t fields,
                         host_error_t *error);

// Gives the stream up with an error code; on HTTP/1 the connection is reset.
bool host_reset_stream(host_response_t response, uint32_t code, host_error_t *error);

// Returns when all that was written has been handed to the socket.
bool host_flush(host_response_t response, host_error_t *error);

// --- the writer, raw: what is given goes out. A tenant needs the grant. ---

// HEADERS, CONTINUATION and DATA frames on the request's own stream, whatever its state.
// Until a frame has `end_headers` nobody else writes on the connection.
bool host_write_raw_header_frame(host_response_t response, host_fields_t fields,
                                 bool end_stream, bool end_headers, host_error_t *error);
bool host_write_raw_continuation_frame(host_response_t response, host_fields_t fields,
                                       bool end_headers, host_error_t *error);
bool host_write_raw_data_frame(host_response_t response, host_bytes_t data,
                               bool end_stream, host_error_t *error);

// Any frame, known or not, on any stream: `host_stream(request)`, 0 for the connection.
bool host_write_raw_frame(host_response_t response, uint8_t type, uint8_t flags,
                          uint32_t stream, host_bytes_t payload, host_error_t *error);

// Bytes: on HTTP/1 anywhere, on HTTP/2 in a frame or between frames.
bool host_write_raw_bytes(host_response_t response, host_bytes_t bytes,
                          host_error_t *error);

// HTTP/1's lines. A reason of NULL is the registered one.
bool host_write_status(host_response_t response, uint16_t code, const char *reason,
                       host_error_t *error);
bool host_write_header(host_response_t response, const char *name, const char *value,
                       host_error_t *error);
bool host_write_default_headers(host_response_t response, host_error_t *error);

// Ends the head, with the default headers unless `host_plain_head` said otherwise.
bool host_end_headers(host_response_t response, host_error_t *error);
static inline void host_plain_head(host_response_t response) {
  host_handler_response_method_response_set_add_required_headers(response, false);
}

// HTTP/1's content as it is: behind what of the head was not written, which then has
// this content's length (the contract's write-content), and with nothing before it.
bool host_write_whole_content(host_response_t response, host_bytes_t data,
                              host_error_t *error);
bool host_write_raw_content(host_response_t response, host_bytes_t data,
                            host_error_t *error);

// Bytes on HTTP/1, wherever the answer is.
bool host_write(host_response_t response, host_bytes_t data, host_error_t *error);

// Closes our side of the connection (FIN), or drops it (RST), behind what was written.
bool host_close(host_response_t response, host_error_t *error);
bool host_reset(host_response_t response, host_error_t *error);

// The contract's writer, for all that it can do besides. There is one; it may be kept.
host_handler_writer_borrow_writer_t host_writer(host_response_t response);

// --- the stash: what later requests are to find ---

// Keys are UUIDs. Values are at the path of the request's URL: for another there are
// the contract's own functions, host_handler_stash_*.

// Puts a value under a key that has none.
bool host_stash_put(host_bytes_t key, host_bytes_t value, host_error_t *error);

// Takes a value out; `is_some` is false where there is none.
bool host_stash_take(host_bytes_t key, host_option_t *value, host_error_t *error);

// Puts a message at the end of a queue.
bool host_stash_send(host_bytes_t key, host_bytes_t message, host_error_t *error);

// Takes the first message out of a queue, and waits for one at most so long; `is_some`
// is false when there was none.
bool host_stash_receive(host_bytes_t key, uint64_t nanoseconds, host_option_t *message,
                        host_error_t *error);

// Waits for the tenant's lock, which is given back by `host_stash_release`, and at the
// end of the request whatever becomes of that.
bool host_stash_lock(host_lock_t *lock, host_error_t *error);
void host_stash_release(host_lock_t lock);

// --- host's log ---

// Writes a line as by printf; `level` is HOST_HANDLER_LOG_LEVEL_INFO and so on.
// What is printed to stdout and stderr goes there too, at info and warn.
__attribute__((format(printf, 2, 3))) void host_log(host_handler_log_level_t level,
                                                    const char *format, ...);

#endif
