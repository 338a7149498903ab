// `/{{name}}`: greets whom the query names, as in `/{{name}}?name=Ada`.
//
// Each request runs in a fresh instance. The other hooks are exports as well:
// `handleData`, `handleTrailers`, `handleFrame`, `handleReset`, `handleClose` and
// `handlePipe`; .host/guest-sdk/js/README.md has all.

/**
 * Runs when the request's header section has come, before its content.
 * @type {import("host-guest").HandleHeaders}
 */
export function handleHeaders(frame, request, response) {
  response.headers.set("X-Hook", "headers");
}

/**
 * Runs when no other hook is left to run. What it returns is the answer.
 * @type {import("host-guest").Main}
 */
export function main(request) {
  const name = request.query.get("name") ?? "world";
  return [{ "Content-Type": "text/plain" }, `Hello, ${name}!\n`];
}
