// How the contract's errors look to a handler.

/** Fails a hook: the request is answered with this status (wptserve's HTTPException). */
export class HTTPError extends Error {
  constructor(status, message = "") {
    super(message);
    this.name = "HTTPError";
    this.status = status;
  }
}

/** A write, a body, a file or the stash refused; `reason` is the contract's case. */
export class HostError extends Error {
  constructor({ tag, val }) {
    super(val === undefined ? tag : `${tag}: ${val}`);
    this.name = "HostError";
    this.reason = tag;
    this.detail = val;
  }

  /** The status that a hook which fails with this is answered with. */
  get status() {
    return { "too-large": 413, malformed: 400, incomplete: 400 }[this.reason] ?? 500;
  }
}

/** Calls the host; what it throws is a HostError. */
export function ask(call) {
  try {
    return call();
  } catch (thrown) {
    // componentize-js wraps the case of a `result` in an Error of its own.
    const refusal = thrown?.payload;
    throw refusal?.tag === undefined ? thrown : new HostError(refusal);
  }
}
