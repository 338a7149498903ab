// What the build puts around a handler's hooks. Not for handlers.

import { write as log } from "host:handler/log@0.1.0";

import { fieldPairs } from "./bytes.js";
import { isOver } from "./state.js";
import { Request } from "./request.js";
import { Response } from "./response.js";

// Handles are lent to one hook; what a handler keeps from one hook to the next
// must reach those of the hook that runs.
const lent = {};
const request = new Request(() => lent.request);
const response = new Response(
  () => lent.response,
  () => lent.request.streamId(),
);

/** An error's stack in the handler's own files; the build says which line is whose. */
function stackOf({ stack }) {
  const origins = globalThis[Symbol.for("host-guest.origins")];
  const own = stack.split("\n").flatMap((line) => {
    const [, name, at] = /^(.*)@source\.js:(\d+):\d+$/.exec(line) ?? [];
    return origins[at] === undefined ? [] : [`    at ${name || "(module)"} (${origins[at]})`];
  });
  return own.length === 0 ? stack : own.join("\n");
}

/** Runs a hook; what it throws becomes the contract's error. */
function run(name, hook, theirs, onReturn) {
  [lent.request, lent.response] = theirs;
  try {
    return onReturn(hook());
  } catch (error) {
    if (isOver(error)) {
      log("debug", String(error));
      return undefined;
    }
    const { status = 500, message = String(error), stack } = Object(error);
    // The place is for whoever wrote the handler, and never for the client.
    if (status >= 500 && stack) log("error", `${name}: ${message}\n${stackOf(error)}`);
    throw { status, message };
  } finally {
    lent.request = lent.response = undefined;
  }
}

const returned = (value) => {
  if (typeof value?.then === "function") {
    // Nothing would go on with it: the request ends with the hook.
    throw new TypeError("a hook cannot be async; the contract's functions wait by themselves");
  }
  return value;
};

export const main = (hook) => (...theirs) =>
  run("main", () => hook(request, response), theirs, (answer) => response.set(returned(answer)));

/** A hook that is given something first. */
const before = (name, make) => (hook) => (first, ...theirs) =>
  run(name, () => hook(make(first), request, response), theirs, (value) => {
    returned(value);
  });

const headersFrame = (frame) => ({ ...frame, headers: fieldPairs(frame.headers) });
const same = (value) => value;

export const handleHeaders = before("handleHeaders", headersFrame);
export const handleData = before("handleData", same);
export const handleTrailers = before("handleTrailers", headersFrame);
export const handleFrame = before("handleFrame", same);
export const handleReset = before("handleReset", same);
export const handleClose = before("handleClose", same);

export const handlePipe = (hook) => (name, given, ...theirs) =>
  run("handlePipe", () => hook({ name, arguments: given }, request, response), theirs, (value) =>
    Boolean(returned(value)),
  ) ?? false;
