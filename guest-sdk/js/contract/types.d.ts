// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/** Types that several interfaces share. */
declare module "host:handler/types@0.1.0" {
  /** A header or trailer field: name and value, as on the wire (RFC 9110 §5). */
  export type Field = [Uint8Array, Uint8Array];
  /** Fields in order, duplicates kept, names in the case that they had. */
  export type Fields = Field[];
  /** A name and a value of a query, a form or a cookie, as bytes. */
  export type Pair = [Uint8Array, Uint8Array];
  /** The version that a request came in. */
  export type Protocol = "http10" | "http11" | "http2";
  /** How a hook fails: wptserve's `HTTPException`. */
  export interface HandlerError {
    /** The status to answer, 100 to 999; 500 when the handler has no opinion. */
    status: number;
    /** Goes to the log, and for a status below 500 to the client. */
    message: string;
  }
  /**
   * Why a write was refused. After `protocol`, `wrong-protocol` and
   * `not-granted` nothing was written. What takes more than one frame, such as
   * `write-data` and `write-push`, may have written some of them before `reset`,
   * `gone` or, where it needs a head first, `limit`.
   */
  export type WriteError =
    /**
     * The exchange's state, or the bytes, forbid it; the text names the rule
     * (hyper-h2's ProtocolError).
     */
    | { tag: "protocol"; val: string }
    /** The operation belongs to the other protocol; the text names both. */
    | { tag: "wrong-protocol"; val: string }
    /**
     * The function is raw, and this tenant may not write raw; the text says
     * how it may.
     */
    | { tag: "not-granted"; val: string }
    /** A limit of this handler: the text names it. */
    | { tag: "limit"; val: string }
    /**
     * The stream was reset with this error code (RFC 9113 §7): by the client, by
     * host for what the client did, or by the handler itself.
     */
    | { tag: "reset"; val: number }
    /** The connection has ended. */
    | { tag: "gone" };
  /** Why a body could not be read. */
  export type BodyError =
    /**
     * It is larger than a handler may hold; the number is the limit in bytes.
     * Read it by pieces instead.
     */
    | { tag: "too-large"; val: bigint }
    /** The client reset the stream or left before the end. */
    | { tag: "incomplete" }
    /**
     * It does not have the form that its Content-Type says; the text says
     * where.
     */
    | { tag: "malformed"; val: string }
    /** Pieces of it were taken already, by `read-body` or `handle-data`. */
    | { tag: "taken" }
    /** A place behind the body's end was sought; the number is where the end is. */
    | { tag: "beyond-end"; val: bigint };
}
