// `/{{name}}`: greets whom the query names, as in `/{{name}}?name=Ada`.
//
// Each request runs in a fresh instance. The other hooks are macros as well:
// HANDLE_DATA, HANDLE_TRAILERS, HANDLE_FRAME, HANDLE_RESET, HANDLE_CLOSE and
// HANDLE_PIPE; .host/guest-sdk/c/README.md has all.

#include <host.h>

// Runs when the request's header section has come, before its content.
HANDLE_HEADERS(frame, request, response) {
  host_set(response, "X-Hook", "headers");
  return true;
}

// Runs when no other hook is left to run.
MAIN(request, response) {
  host_bytes_t name;
  if (!host_query(request, "name", &name)) name = host_text("world");
  host_set(response, "Content-Type", "text/plain");
  host_content(response, host_format("Hello, %.*s!\n", (int)name.len, (char *)name.ptr));
  return true;
}
