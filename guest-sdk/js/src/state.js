// What is known of this request. An instance serves one request, so a module's
// variable is the request's.

import { HostError } from "./errors.js";

let isEnded = false;

/** Keeps in mind that the handler has ended its answer. */
export function setEnded() {
  isEnded = true;
}

/** Whether it has. */
export function ended() {
  return isEnded;
}

/**
 * Whether an error only says that the answer is over: the client has gone, or
 * the handler wrote on after the end. That fails no request.
 */
export function isOver(error) {
  if (!(error instanceof HostError)) return false;
  return ["gone", "reset"].includes(error.reason) || (error.reason === "protocol" && isEnded);
}
