#include "host.h"

#include <stdarg.h>

// An instance serves one request, so these are the request's.
static bool is_ended;
static bool has_writer;
static host_writer_t own_writer;
static uint32_t own_stream;  // 0 before it was asked for.

static host_bytes_t formatted(const char *format, va_list arguments) {
  va_list again;
  va_copy(again, arguments);
  int length = vsnprintf(NULL, 0, format, again);
  va_end(again);
  if (length < 0) abort();  // Only a format that is none.
  char *text = malloc((size_t)length + 1);
  if (text == NULL) abort();
  vsnprintf(text, (size_t)length + 1, format, arguments);
  return (host_bytes_t){(uint8_t *)text, (size_t)length};
}

host_bytes_t host_format(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  host_bytes_t text = formatted(format, arguments);
  va_end(arguments);
  return text;
}

char *host_c_string(host_bytes_t bytes) {
  char *text = malloc(bytes.len + 1);
  if (text == NULL) abort();
  memcpy(text, bytes.ptr, bytes.len);
  text[bytes.len] = '\0';
  return text;
}

void host_log(host_handler_log_level_t level, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  host_bytes_t text = formatted(format, arguments);
  va_end(arguments);
  handler_string_t line = {text.ptr, text.len};
  host_handler_log_write(level, &line);
  free(text.ptr);
}

// The error's message is the handler's own memory, which the host copies.
static bool fail(host_error_t *error, uint16_t status, host_bytes_t why) {
  error->status = status;
  error->message = (handler_string_t){why.ptr, why.len};
  return false;
}

bool host_fail(host_error_t *error, uint16_t status, const char *why) {
  return fail(error, status, host_format("%s", why));
}

bool host_ended(void) { return is_ended; }

bool host_wrote(bool ok, const host_handler_types_write_error_t *refused, bool last,
                host_error_t *error) {
  if (ok) {
    is_ended |= last;
    return true;
  }
  switch (refused->tag) {
    case HOST_HANDLER_TYPES_WRITE_ERROR_GONE:
    case HOST_HANDLER_TYPES_WRITE_ERROR_RESET:
      return true;
    case HOST_HANDLER_TYPES_WRITE_ERROR_PROTOCOL:
      if (is_ended) return true;
      break;
    default:
      break;
  }
  // Every other case has a text.
  handler_string_t why = refused->val.protocol;
  return fail(error, 500, (host_bytes_t){why.ptr, why.len});
}

bool host_query(host_request_t request, const char *name, host_bytes_t *value) {
  host_handler_request_list_pair_t pairs;
  host_handler_request_method_request_query(request, &pairs);
  for (size_t n = 0; n < pairs.len; n++) {
    if (host_equals(pairs.ptr[n].f0, name)) {
      *value = pairs.ptr[n].f1;
      return true;
    }
  }
  return false;
}

uint32_t host_stream(host_request_t request) {
  own_stream = host_handler_request_method_request_stream_id(request);
  return own_stream;
}

bool host_body(host_request_t request, host_bytes_t *body, host_error_t *error) {
  host_handler_request_body_error_t refused;
  if (host_handler_request_method_request_body(request, body, &refused)) return true;
  switch (refused.tag) {
    case HOST_HANDLER_TYPES_BODY_ERROR_TOO_LARGE:
      return host_fail(error, 413, "the body is too large");
    case HOST_HANDLER_TYPES_BODY_ERROR_INCOMPLETE:
      return host_fail(error, 400, "the body is not complete");
    default:
      return host_fail(error, 500, "the body was taken already");
  }
}

bool host_write_status_headers(host_response_t response, host_error_t *error) {
  host_handler_types_write_error_t refused;
  bool ok = host_handler_response_method_response_write_status_headers(response, &refused);
  return host_wrote(ok, &refused, false, error);
}

bool host_write_content(host_response_t response, host_bytes_t piece,
                        host_error_t *error) {
  host_handler_types_write_error_t refused;
  bool is_wanted;
  bool ok = host_handler_response_method_response_write_content(response, &piece,
                                                                &is_wanted, &refused);
  return host_wrote(ok, &refused, false, error);
}

host_handler_writer_borrow_writer_t host_writer(host_response_t response) {
  if (!has_writer) own_writer = host_handler_response_method_response_writer(response);
  has_writer = true;
  return host_handler_writer_borrow_writer(own_writer);
}

bool host_write_data(host_response_t response, host_bytes_t data, bool last,
                     host_error_t *error) {
  host_handler_types_write_error_t refused;
  bool ok = host_handler_writer_method_writer_write_data(host_writer(response), &data,
                                                         last, NULL, &refused);
  return host_wrote(ok, &refused, last, error);
}

bool host_end_stream(host_response_t response, host_error_t *error) {
  host_handler_types_write_error_t refused;
  bool ok = host_handler_writer_method_writer_end_stream(host_writer(response), NULL,
                                                         &refused);
  return host_wrote(ok, &refused, true, error);
}

host_fields_t host_fields(const host_field_t *fields, size_t count) {
  host_fields_t list = {calloc(count + 1, sizeof *list.ptr), count};
  if (list.ptr == NULL) abort();
  for (size_t n = 0; n < count; n++) {
    list.ptr[n].f0 = host_text(fields[n].name);
    list.ptr[n].f1 = host_text(fields[n].value);
  }
  return list;
}

// Calls a function of the contract's writer. `last` is whether that ends the answer.
#define WRITE(last, function, ...)                                              \
  host_handler_types_write_error_t refused;                                     \
  bool ok = host_handler_writer_method_writer_##function(host_writer(response), \
                                                         __VA_ARGS__ & refused); \
  return host_wrote(ok, &refused, last, error)

bool host_write_headers(host_response_t response, uint16_t status, host_fields_t fields,
                        bool last, host_error_t *error) {
  WRITE(last, write_headers, &fields, status, NULL, NULL, last, );
}

bool host_write_trailers(host_response_t response, host_fields_t fields,
                         host_error_t *error) {
  WRITE(true, write_trailers, &fields, NULL, );
}

bool host_reset_stream(host_response_t response, uint32_t code, host_error_t *error) {
  WRITE(true, reset_stream, code, NULL, );
}

bool host_flush(host_response_t response, host_error_t *error) { WRITE(false, flush, ); }

bool host_write_raw_header_frame(host_response_t response, host_fields_t fields,
                                 bool end_stream, bool end_headers, host_error_t *error) {
  WRITE(end_stream, write_raw_header_frame, &fields, NULL, end_stream, end_headers, );
}

bool host_write_raw_continuation_frame(host_response_t response, host_fields_t fields,
                                       bool end_headers, host_error_t *error) {
  WRITE(false, write_raw_continuation_frame, &fields, NULL, end_headers, );
}

bool host_write_raw_data_frame(host_response_t response, host_bytes_t data,
                               bool end_stream, host_error_t *error) {
  WRITE(end_stream, write_raw_data_frame, &data, NULL, end_stream, );
}

// Whether a frame ends its stream (RFC 9113 §6).
static bool ends(uint8_t type, uint8_t flags) {
  const uint8_t data = 0, headers = 1, rst_stream = 3, end_stream = 1;
  return type == rst_stream || ((type == data || type == headers) && flags & end_stream);
}

bool host_write_raw_frame(host_response_t response, uint8_t type, uint8_t flags,
                          uint32_t stream, host_bytes_t payload, host_error_t *error) {
  bool last = stream != 0 && stream == own_stream && ends(type, flags);
  WRITE(last, write_raw_frame, type, flags, stream, &payload, );
}

bool host_write_raw_bytes(host_response_t response, host_bytes_t bytes,
                          host_error_t *error) {
  WRITE(false, write_raw_bytes, &bytes, );
}

bool host_write_status(host_response_t response, uint16_t code, const char *reason,
                       host_error_t *error) {
  host_bytes_t text = host_text(reason == NULL ? "" : reason);
  WRITE(false, write_status, code, reason == NULL ? NULL : &text, );
}

bool host_write_header(host_response_t response, const char *name, const char *value,
                       host_error_t *error) {
  host_bytes_t field = host_text(name), with = host_text(value);
  WRITE(false, write_header, &field, &with, );
}

bool host_write_default_headers(host_response_t response, host_error_t *error) {
  WRITE(false, write_default_headers, );
}

bool host_end_headers(host_response_t response, host_error_t *error) {
  WRITE(false, end_headers, );
}

bool host_write_whole_content(host_response_t response, host_bytes_t data,
                              host_error_t *error) {
  WRITE(false, write_content, &data, );
}

bool host_write_raw_content(host_response_t response, host_bytes_t data,
                            host_error_t *error) {
  WRITE(false, write_raw_content, &data, );
}

bool host_write(host_response_t response, host_bytes_t data, host_error_t *error) {
  WRITE(false, write, &data, );
}

bool host_close(host_response_t response, host_error_t *error) { WRITE(true, close, ); }

bool host_reset(host_response_t response, host_error_t *error) { WRITE(true, reset, ); }

// What becomes of a request to the stash.
static bool stashed(bool ok, const host_handler_stash_stash_error_t *refused,
                    host_error_t *error) {
  if (ok) return true;
  if (refused->tag == HOST_HANDLER_STASH_STASH_ERROR_LOCKED)
    return host_fail(error, 500, "this request holds the lock already");
  // Every other case has a text.
  handler_string_t why = refused->val.occupied;
  return fail(error, 500, (host_bytes_t){why.ptr, why.len});
}

bool host_stash_put(host_bytes_t key, host_bytes_t value, host_error_t *error) {
  host_handler_stash_stash_error_t refused;
  handler_string_t name = {key.ptr, key.len};
  return stashed(host_handler_stash_put(&name, &value, NULL, &refused), &refused, error);
}

bool host_stash_take(host_bytes_t key, host_option_t *value, host_error_t *error) {
  host_handler_stash_stash_error_t refused;
  handler_string_t name = {key.ptr, key.len};
  return stashed(host_handler_stash_take(&name, NULL, value, &refused), &refused, error);
}

bool host_stash_send(host_bytes_t key, host_bytes_t message, host_error_t *error) {
  host_handler_stash_stash_error_t refused;
  handler_string_t name = {key.ptr, key.len};
  return stashed(host_handler_stash_send(&name, &message, NULL, &refused), &refused,
                 error);
}

bool host_stash_receive(host_bytes_t key, uint64_t nanoseconds, host_option_t *message,
                        host_error_t *error) {
  host_handler_stash_stash_error_t refused;
  handler_string_t name = {key.ptr, key.len};
  bool ok = host_handler_stash_receive(&name, nanoseconds, NULL, message, &refused);
  return stashed(ok, &refused, error);
}

bool host_stash_lock(host_lock_t *lock, host_error_t *error) {
  host_handler_stash_stash_error_t refused;
  return stashed(host_handler_stash_lock(lock, &refused), &refused, error);
}

void host_stash_release(host_lock_t lock) { host_handler_stash_guard_drop_own(lock); }
