// What wasi-libc asks its system for, from the contract: so that a handler in C
// needs no WASI and no adapter. Printing goes to host's log, time and randomness
// come from the host, and there is no file (host_handler_files_* has those).

#include <wasi/api.h>

#include "host.h"

// The names under which wasi-libc imports these.
#define SYSTEM(name) __imported_wasi_snapshot_preview1_##name

int32_t SYSTEM(fd_write)(int32_t fd, int32_t vectors, int32_t count, int32_t written) {
  if (fd != 1 && fd != 2) return __WASI_ERRNO_BADF;
  const __wasi_ciovec_t *vector = (const __wasi_ciovec_t *)vectors;
  size_t length = 0;
  for (int32_t n = 0; n < count; n++) length += vector[n].buf_len;
  uint8_t *bytes = malloc(length + 1);
  if (bytes == NULL) return __WASI_ERRNO_NOMEM;
  size_t at = 0;
  for (int32_t n = 0; n < count; n++) {
    memcpy(bytes + at, vector[n].buf, vector[n].buf_len);
    at += vector[n].buf_len;
  }
  *(__wasi_size_t *)written = length;
  // The line's end is the log's own.
  while (length > 0 && bytes[length - 1] == '\n') length--;
  handler_string_t line = {bytes, length};
  host_handler_log_level_t level =
      fd == 1 ? HOST_HANDLER_LOG_LEVEL_INFO : HOST_HANDLER_LOG_LEVEL_WARN;
  if (length > 0) host_handler_log_write(level, &line);
  free(bytes);
  return __WASI_ERRNO_SUCCESS;
}

int32_t SYSTEM(fd_fdstat_get)(int32_t fd, int32_t stat) {
  if (fd < 0 || fd > 2) return __WASI_ERRNO_BADF;
  // A terminal, so that libc gives each line on.
  *(__wasi_fdstat_t *)stat = (__wasi_fdstat_t){
      .fs_filetype = __WASI_FILETYPE_CHARACTER_DEVICE, .fs_rights_base = 0};
  return __WASI_ERRNO_SUCCESS;
}

int32_t SYSTEM(fd_close)(int32_t fd) { return __WASI_ERRNO_BADF; }

int32_t SYSTEM(fd_seek)(int32_t fd, int64_t offset, int32_t whence, int32_t now) {
  return __WASI_ERRNO_SPIPE;
}

int32_t SYSTEM(fd_read)(int32_t fd, int32_t vectors, int32_t count, int32_t read) {
  return __WASI_ERRNO_BADF;
}

int32_t SYSTEM(clock_time_get)(int32_t clock, int64_t precision, int32_t time) {
  if (clock == 1) {
    *(uint64_t *)time = host_handler_clock_monotonic();
    return __WASI_ERRNO_SUCCESS;
  }
  host_handler_clock_datetime_t now;
  host_handler_clock_now(&now);
  *(uint64_t *)time = now.seconds * 1000000000ULL + now.nanoseconds;
  return __WASI_ERRNO_SUCCESS;
}

int32_t SYSTEM(random_get)(int32_t buffer, int32_t length) {
  handler_list_u8_t bytes;
  host_handler_random_bytes((uint32_t)length, &bytes);
  if (bytes.len != (size_t)length) return __WASI_ERRNO_INVAL;
  memcpy((void *)buffer, bytes.ptr, bytes.len);
  free(bytes.ptr);
  return __WASI_ERRNO_SUCCESS;
}

void SYSTEM(proc_exit)(int32_t code) { __builtin_trap(); }
