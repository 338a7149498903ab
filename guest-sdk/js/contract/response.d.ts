// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/**
 * The answer (wptserve's `Response` and `H2Response`).
 *
 * What is set here is sent when the last hook has returned, or earlier by
 * `write-status-headers` and `write`. A handler that wrote a head through its
 * writer has answered by itself: what is set here is then not used.
 */
declare module "host:handler/response@0.1.0" {
  export type Fields = import("host:handler/types@0.1.0").Fields;
  export type WriteError = import("host:handler/types@0.1.0").WriteError;
  export type Writer = import("host:handler/writer@0.1.0").Writer;
  /** SameSite of a cookie (RFC 6265bis §5.2). */
  export type SameSite = "strict" | "lax" | "none";
  /**
   * A cookie to set (RFC 6265 §4.1). Text goes out as it is: a test may well
   * want a malformed one.
   */
  export interface Cookie {
    /** The name. */
    name: string;
    /** The value. */
    value: string;
    /** `Path`; wptserve's default is `/`. */
    path?: string;
    /** `Domain`. */
    domain?: string;
    /** `Max-Age` in seconds. */
    maxAge?: bigint;
    /** `Expires`, as it is to be written. */
    expires?: string;
    /** `Secure`. */
    secure: boolean;
    /** `HttpOnly`. */
    httpOnly: boolean;
    /** `SameSite`. */
    sameSite?: SameSite;
  }
  /** One answer. Status 200, no fields and no content until set otherwise. */
  export class Response {
    private constructor();
    /** The status code, and the reason phrase if one was set. */
    status(): [number, Uint8Array | undefined];
    /**
     * Sets the status: `code` 100 to 999, checked when it is sent. The reason
     * phrase is sent on HTTP/1 only; without one the registered phrase is.
     */
    setStatus(code: number, reason: Uint8Array | undefined): void;
    /** Every field set so far, in order. */
    headers(): Fields;
    /** The values of one field, name compared without case. */
    headerValues(name: string): Uint8Array[];
    /** Replaces every line of `name` by one, in the casing given now. */
    setHeader(name: Uint8Array, value: Uint8Array): void;
    /** Adds a line. */
    appendHeader(name: Uint8Array, value: Uint8Array): void;
    /** Removes every line of `name`; says whether there was one. */
    removeHeader(name: string): boolean;
    /** Replaces all fields. */
    setHeaders(headers: Fields): void;
    /** Adds a Set-Cookie line. */
    setCookie(cookie: Cookie): void;
    /** Removes the Set-Cookie lines of this answer that set `name`. */
    unsetCookie(name: string): void;
    /** Makes the client forget a cookie: empty, expired, `Max-Age=0`. */
    deleteCookie(name: string, path: string | undefined, domain: string | undefined): void;
    /** The content set so far. */
    content(): Uint8Array;
    /** Sets the content. Bounded by the handler's limit on response bytes. */
    setContent(content: Uint8Array): void;
    /**
     * Replaces status, fields and content by wptserve's error page:
     * `{"error": {"code": …, "message": …}}` as application/json.
     */
    setError(code: number, message: string): void;
    /**
     * Whether Server, Date and Content-Length are added where they are
     * missing; true until set otherwise.
     */
    setAddRequiredHeaders(add: boolean): void;
    /**
     * Whether the connection closes after this answer (HTTP/1: with
     * `Connection: close`; no effect on HTTP/2).
     */
    setCloseConnection(close: boolean): void;
    /**
     * Whether an answer to HEAD has its content too: wptserve's
     * `send_body_for_head_request`. On HTTP/1 a client would take it for the
     * next answer (RFC 9112 §6.3): there it needs the grant to write raw, is
     * left out without it, and the connection closes after it.
     */
    setSendBodyForHead(send: boolean): void;
    /**
     * Goes on for so long after the last hook has returned, in nanoseconds:
     * `handle-frame`, `handle-reset` and `handle-close` are called for what the
     * client does until then; the answer is completed afterwards, unless the
     * handler has ended it. Ends early with the connection, and counts within
     * the handler's time. May be set again by each hook, from then on; 0 ends
     * it.
     */
    setWatch(duration: bigint): void;
    /**
     * Sends status and fields now; the content is then up to the writer, or
     * is still taken from here when the last hook has returned. This is how a
     * handler chooses to stream. Does nothing when a head was sent already. No
     * pipe is run on an answer that begins so.
     */
    writeStatusHeaders(): void;
    /**
     * Writes a piece of content, the head before the first: content that is
     * made while it is sent. Waits until the client takes it. Pieces that are
     * empty are skipped; Content-Length is not added. The pipes that the request
     * asks for work on the pieces, unless the head was sent before; until the
     * answer is complete its writer refuses to write beside them. What was set
     * by `set-content` is not used.
     *
     * Says whether more is wanted: the answer to HEAD has no content, and a
     * pipe may have enough. Pieces that come nevertheless are thrown away.
     */
    writeContent(piece: Uint8Array): boolean;
    /** Sends everything now and ends the answer. */
    write(): void;
    /** The writer, for control of each frame. */
    writer(): Writer;
  }
}
