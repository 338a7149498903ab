// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/**
 * What handlers leave for later requests (wptserve's `request.server.stash`).
 *
 * A value is found by a path and a UUID. It is put once and taken once: what
 * has been taken is gone, so that nothing leaks from one test to another by
 * accident. Everything belongs to the tenant; no other can see it.
 *
 * `key` is a UUID in any spelling that Python's `uuid.UUID` takes: upper or
 * lower case, with or without dashes, in braces, with `urn:uuid:`. `path` is
 * the path of the request's URL, percent-encoded and without the query, unless
 * another is given: handlers at different paths agree on one that way.
 */
declare module "host:handler/stash@0.1.0" {
  /** Why the stash did not do what it was asked for. */
  export type StashError =
    /** The key is no UUID; the text says so (Python's ValueError). */
    | { tag: "invalid-key"; val: string }
    /**
     * There is a value under the key; the text names it (wptserve's
     * StashError). Take it first.
     */
    | { tag: "occupied"; val: string }
    /** This request holds the lock already. */
    | { tag: "locked" }
    /** The tenant keeps as much as it may; the text names the limit. */
    | { tag: "limit"; val: string }
    /**
     * The store is away or refuses; the text says why. Whether it has done
     * what it was asked for may be unknown.
     */
    | { tag: "unavailable"; val: string };
  /**
   * Holds the tenant's lock for as long as it is there. It is given back when
   * it is dropped, and at the end of the request whatever becomes of that.
   */
  export class Guard {
    private constructor();
    /**
     * Gives the lock back now, for languages that drop a value when they come
     * to it. Does nothing when it was given back already.
     */
    release(): void;
  }
  /** Puts a value under a key that has none. */
  export function put(key: string, value: Uint8Array, path: string | undefined): void;
  /**
   * Takes a value out; none where there is none. Of several requests at once,
   * one gets it.
   */
  export function take(key: string, path: string | undefined): Uint8Array | undefined;
  /**
   * Waits for the lock and takes it (wptserve's `stash.lock`). There is one
   * for a tenant: `take`, then `put` of something else, is safe from others
   * that hold it meanwhile. What was written before is sent first. The
   * request's wall-time limit still holds.
   */
  export function lock(): Guard;
  /**
   * Puts a message at the end of a queue (wptserve's `stash.get_queue`, found
   * by a key of its own). A queue need not be made, and has nothing to do with
   * the value under the same key.
   */
  export function send(key: string, message: Uint8Array, path: string | undefined): void;
  /**
   * Takes the first message out of a queue, and waits for one at most this
   * many nanoseconds; 0 does not wait, and what is more than the request's
   * wall time waits until that is over. None when there was none. What was
   * written before is sent first.
   */
  export function receive(key: string, timeout: bigint, path: string | undefined): Uint8Array | undefined;
}
