// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/** The request (wptserve's `Request` and `H2Request`). */
declare module "host:handler/request@0.1.0" {
  export type Fields = import("host:handler/types@0.1.0").Fields;
  export type Field = import("host:handler/types@0.1.0").Field;
  export type Pair = import("host:handler/types@0.1.0").Pair;
  export type Protocol = import("host:handler/types@0.1.0").Protocol;
  export type BodyError = import("host:handler/types@0.1.0").BodyError;
  /** An address and a port. */
  export interface SocketAddress {
    /** An IPv4 or IPv6 address in its usual text form. */
    ip: string;
    /** The port. */
    port: number;
  }
  /**
   * The parts of the request's URL, undecoded (Python's `urlsplit`). Joined they
   * are the URL.
   */
  export interface UrlParts {
    /** `http` or `https`. */
    scheme: string;
    /** Host and port. The host is as the client named it. */
    netloc: string;
    /** The host in lower case, without port and brackets. */
    hostname: string;
    /**
     * The port that the client named. Without one it is the port that it
     * connected to, and for a target in absolute form the scheme's own.
     */
    port: number;
    /** From the first `/`, percent-encoded as received. */
    path: string;
    /** Behind `?`, without it; empty when there is none. */
    query: string;
    /**
     * Behind `#`, without it. Clients keep it to themselves (RFC 9110 §7.1), but
     * nothing stops one from sending it.
     */
    fragment: string;
  }
  /** Credentials of `Authorization: Basic` (RFC 7617). */
  export interface BasicCredentials {
    /** Before the first colon. */
    username: Uint8Array;
    /** After it. */
    password: Uint8Array;
  }
  /** A field of a form; a file when it has a file name. */
  export interface FormPart {
    /** The field's name; empty where it has none. */
    name: Uint8Array;
    /**
     * The file name that the client gave (RFC 7578 §4.2): not to be trusted
     * as a path. Browsers give an empty one where no file was chosen.
     */
    filename?: Uint8Array;
    /**
     * The part's own fields, Content-Type among them. None in an urlencoded
     * form.
     */
    headers: Fields;
    /** The content. */
    value: Uint8Array;
  }
  /**
   * The body as a file that can be sought (wptserve's `raw_input`). There is one
   * for each request, and it keeps its place from hook to hook; `body` and
   * `form` do not move it.
   *
   * It is read from the wire as far as it is wanted. What was read is kept, up to
   * the limit for `body`, so that it can be read again; beyond that is
   * `too-large`.
   */
  export class RawInput {
    private constructor();
    /**
     * At most `max` bytes from here on, all that is left without `max`. Waits
     * for them; fewer come only at the body's end.
     */
    read(max: number | undefined): Uint8Array;
    /** The same up to the next line feed, which is part of it. */
    readLine(max: number | undefined): Uint8Array;
    /**
     * Goes to a place, counted from the body's beginning. Waits for what is
     * before it. `beyond-end` leaves the place as it was.
     */
    seek(offset: bigint): void;
    /** The place, counted from the body's beginning. */
    tell(): bigint;
    /**
     * The body's length: what Content-Length says, or else how much has come
     * once the end has. None before.
     */
    length(): bigint | undefined;
  }
  /**
   * One request. Its functions answer the same at any time of its life,
   * except those of the body.
   */
  export class Request {
    private constructor();
    /** The method: any token, case as received (RFC 9110 §9.1). */
    method(): string;
    /**
     * The request target as received, query included (RFC 9112 §3.2): HTTP/2's
     * `:path`. wptserve's `request_path`.
     */
    target(): Uint8Array;
    /**
     * The whole URL: scheme, host and port put before the target unless it
     * is in absolute form. The port is always there, as `url-parts` says;
     * without an authority (HTTP/1.0) it is the address connected to. Bytes
     * beyond ASCII are percent-encoded.
     */
    url(): string;
    /** That URL in parts. */
    urlParts(): UrlParts;
    /**
     * The part of the path that stands for the folder that the handler is
     * mounted at, with a slash at both ends; `/` unless it is.
     */
    urlBase(): string;
    /**
     * What the groups of the route's pattern stand for, `*` among them
     * (wptserve's `route_match`). Empty for a handler that answers by its name.
     */
    routeMatch(): [string, string][];
    /** HTTP/1's first line with its line end; empty on HTTP/2. */
    requestLine(): Uint8Array;
    /** The version that the request came in. */
    protocol(): Protocol;
    /** The HTTP/2 stream; 0 on HTTP/1. wptserve's `h2_stream_id`. */
    streamId(): number;
    /** Tells connections of one host process apart; counts from 1. */
    connectionId(): bigint;
    /** Where the client is. */
    clientAddress(): SocketAddress;
    /** The address that the client connected to. */
    serverAddress(): SocketAddress;
    /**
     * Every field as received: order, duplicates and, on HTTP/1, case.
     * wptserve's `raw_headers`. Without HTTP/2's pseudo-header fields, which
     * `handle-headers` sees.
     */
    headers(): Fields;
    /**
     * The values of one field joined by `, ` (RFC 9110 §5.3), those of Cookie
     * by `; ` (RFC 9113 §8.2.3), name compared without case; none when it is
     * absent. wptserve's `headers.get`.
     */
    header(name: string): Uint8Array | undefined;
    /** The values of one field, in order. wptserve's `headers.get_list`. */
    headerValues(name: string): Uint8Array[];
    /** Trailer fields; empty until the body has been read to its end. */
    trailers(): Fields;
    /**
     * The query's pairs in order, percent-decoded to bytes, `+` a space,
     * blank values kept. wptserve's `GET`.
     */
    query(): Pair[];
    /**
     * The cookies of every Cookie field, in order (RFC 6265 §4.2). A quoted
     * value keeps its quotes. A pair without a name or without `=`, or with a
     * control character, is left out and spoils no other.
     */
    cookies(): Pair[];
    /**
     * Basic credentials; none when there are none, they are malformed or of
     * another scheme, for which there is `header`. wptserve's `auth`.
     */
    authorization(): BasicCredentials | undefined;
    /**
     * The next piece of the body, `max` bytes at most (0 means 65,536); none
     * at its end. Waits for the client; what is not read is not acknowledged,
     * so a handler that reads slowly slows the client down. Once the body was
     * asked for in another way its pieces are taken from what is kept, and
     * nothing is lost to the others.
     */
    readBody(max: number): Uint8Array | undefined;
    /**
     * The whole body. May be called again. Bounded by the handler's memory
     * limit.
     */
    body(): Uint8Array;
    /** The body as a file: the same one whenever it is asked for. */
    rawInput(): RawInput;
    /**
     * The fields of a form in order, files among them, from a body of
     * `application/x-www-form-urlencoded` or of any type `multipart/…`, as
     * `multipart/form-data` (RFC 7578). A POST that does not say its type is
     * taken for urlencoded, and a multipart form that is cut off for complete.
     * wptserve's `POST`. Empty for any other type.
     */
    form(): FormPart[];
  }
}
