// `/hello`: the smallest handler.

#include <host.h>

MAIN(request, response) {
  host_append(response, "Content-Type", "text/plain");
  host_content(response, host_text("Hello, world!\n"));
  return true;
}
