// `/{{name}}`: greets whom the query names, as in `/{{name}}?name=Ada`.
//
// Each request runs in a fresh instance. The other hooks are exports as well:
// `handleData`, `handleTrailers`, `handleFrame`, `handleReset`, `handleClose` and
// `handlePipe`; .host/guest-sdk/js/README.md has all.

import type { HandleHeaders, Main } from "host-guest";

/** Runs when the request's header section has come, before its content. */
export const handleHeaders: HandleHeaders = (frame, request, response) => {
  response.headers.set("X-Hook", "headers");
};

/** Runs when no other hook is left to run. What it returns is the answer. */
export const main: Main = (request) => {
  const name = request.query.get("name") ?? "world";
  return [{ "Content-Type": "text/plain" }, `Hello, ${name}!\n`];
};
