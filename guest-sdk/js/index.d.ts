// The types of "host-guest": what a handler in JavaScript or TypeScript is given
// and may import. The contract's own, with all its comments, are in contract/.

/// <reference path="./contract/index.d.ts" />

/** Content: text goes out as UTF-8. */
export type Content = string | Uint8Array | ArrayBuffer | ArrayBufferView;
/** A field's name or value: a string whose characters are bytes, as in fetch. */
export type FieldText = string | Uint8Array;
/** Fields to write. */
export type Fields = Iterable<[FieldText, FieldText]> | Record<string, FieldText>;
/** Fields that came, in order. */
export type FieldPairs = [string, string][];

/** What `main` may return; a generator's pieces are made while they are sent. */
export type Body = Content | Iterator<Content> | null | undefined;
export type Status = number | [code: number, reason: string];
export type Answer = Body | [Fields, Body] | [Status, Fields, Body] | void;

export type Main = (request: Request, response: Response) => Answer;
export type HandleHeaders = (frame: HeadersFrame, request: Request, response: Response) => void;
export type HandleData = (frame: DataFrame, request: Request, response: Response) => void;
export type HandleTrailers = HandleHeaders;
export type HandleFrame = (frame: ControlFrame, request: Request, response: Response) => void;
export type HandleReset = (code: number, request: Request, response: Response) => void;
export type HandleClose = (closing: Closing, request: Request, response: Response) => void;
/** Says whether there is such a pipe; the response holds the answer. */
export type HandlePipe = (pipe: Pipe, request: Request, response: Response) => boolean;

/** RFC 7540 §5.3.1. */
export type Priority = import("host:handler/frames@0.1.0").Priority;
/** RFC 9113 §6.2; on HTTP/1 made from the head. */
export type HeadersFrame = Omit<import("host:handler/frames@0.1.0").HeadersFrame, "headers"> & {
  headers: FieldPairs;
};
/** RFC 9113 §6.1; on HTTP/1 a piece of the body. */
export type DataFrame = import("host:handler/frames@0.1.0").DataFrame;
/** SETTINGS, PING, WINDOW_UPDATE, PRIORITY or an unknown frame. */
export type ControlFrame = import("host:handler/frames@0.1.0").ControlFrame;

export type Closing =
  | { tag: "goaway"; val: { lastStreamId: number; code: number; debug: Uint8Array } }
  | { tag: "eof" };

export interface Pipe {
  name: string;
  arguments: string[];
}

export interface SocketAddress {
  ip: string;
  port: number;
}

/** Names with any number of values, in order. */
export interface Multi<T> extends Iterable<[string, T]> {
  get(name: string): T | undefined;
  getLast(name: string): T | undefined;
  getAll(name: string): T[];
  has(name: string): boolean;
}

export interface FormPart {
  name: string;
  filename?: string;
  headers: FieldPairs;
  value: Uint8Array;
  /** The value as text. */
  toString(): string;
}

export interface UrlParts {
  scheme: string;
  netloc: string;
  hostname: string;
  port: number;
  path: string;
  query: string;
  fragment: string;
}

export interface Request {
  readonly method: string;
  /** As received, query included. */
  readonly target: string;
  readonly url: string;
  readonly urlParts: UrlParts;
  readonly urlBase: string;
  readonly routeMatch: Record<string, string>;
  readonly protocol: "http10" | "http11" | "http2";
  /** 0 on HTTP/1. */
  readonly streamId: number;
  readonly connectionId: number;
  readonly clientAddress: SocketAddress;
  readonly serverAddress: SocketAddress;
  readonly headers: FieldPairs;
  /** Empty until the body has been read to its end. */
  readonly trailers: FieldPairs;
  /** UTF-8, percent-decoded; the bytes are in `raw.query()`. */
  readonly query: Multi<string>;
  readonly cookies: Multi<string>;
  readonly auth: { username: string; password: string } | undefined;
  /** The values joined by commas. */
  header(name: string): string | undefined;
  headerValues(name: string): string[];
  /** The whole body. */
  body(): Uint8Array;
  text(): string;
  json(): unknown;
  form(): Multi<FormPart>;
  /** The body by pieces, as they come. */
  pieces(max?: number): Generator<Uint8Array>;
  /** The contract's own request, valid until the hook returns. */
  readonly raw: import("host:handler/request@0.1.0").Request;
}

export interface Headers extends Iterable<[string, string]> {
  /** Replaces every field of this name by one. */
  set(name: FieldText, value: FieldText): void;
  append(name: FieldText, value: FieldText): void;
  /** Adds each of these. */
  update(fields: Fields): void;
  /** Replaces all. */
  replace(fields: Fields): void;
  delete(name: string): boolean;
  get(name: string): string | undefined;
  getAll(name: string): string[];
}

export interface CookieAttributes {
  path?: string;
  domain?: string;
  /** Seconds. */
  maxAge?: number;
  expires?: string;
  secure?: boolean;
  httpOnly?: boolean;
  sameSite?: "strict" | "lax" | "none";
}

export interface Response {
  status: number;
  setStatus(code: number, reason?: FieldText): void;
  readonly headers: Headers;
  setCookie(name: string, value: string, attributes?: CookieAttributes): void;
  unsetCookie(name: string): void;
  deleteCookie(name: string, where?: { path?: string; domain?: string }): void;
  get content(): Uint8Array;
  set content(value: Content);
  /** The content as text. */
  text(): string;
  /** wptserve's error page. */
  setError(code: number, message: string): void;
  set addRequiredHeaders(add: boolean);
  set closeConnection(close: boolean);
  set sendBodyForHead(send: boolean);
  /** Goes on for so many seconds after the last hook. */
  watch(seconds: number): void;
  writeStatusHeaders(): void;
  /** Says whether more is wanted. */
  writeContent(piece: Content): boolean;
  write(): void;
  readonly writer: Writer;
  /** Whether this handler has ended its answer. */
  readonly ended: boolean;
  /** Sets what `main` could have returned. */
  set(answer: Answer): void;
  /** The contract's own response, valid until the hook returns. */
  readonly raw: import("host:handler/response@0.1.0").Response;
}

export interface Peer {
  headerTableSize: number;
  enablePush: boolean;
  maxConcurrentStreams?: number;
  initialWindowSize: number;
  maxFrameSize: number;
  maxHeaderListSize?: number;
  connectionWindow: number;
  streamWindow: number;
}

export interface Push {
  stream?: number;
  status?: number;
  headers?: Fields;
  data?: Content;
}

/** Control of each frame and byte; wit/writer.wit says what each does. */
export interface Writer {
  /** The same, for another HTTP/2 stream. */
  onStream(id: number): Writer;

  writeHeaders(headers: Fields, status: number, options?: { reason?: FieldText; last?: boolean }): void;
  writeData(data: Content, options?: { last?: boolean }): void;
  writeDataFrame(data: Content, options?: { last?: boolean }): void;
  writeTrailers(headers: Fields): void;
  endStream(): void;
  resetStream(code: number): void;
  flush(): void;

  /** Gives the promised stream's id. */
  writePush(promise: Fields, push?: Push): number;
  ping(data: FieldText): void;
  windowUpdate(increment: number): void;
  priority(priority: Priority): void;
  setPadding(length?: number): void;
  setHeaderCoding(
    indexing: "automatic" | "incremental" | "without" | "never",
    huffman: "automatic" | "always" | "never",
  ): void;
  encodeHeaders(headers: Fields): Uint8Array;
  peer(): Peer;

  goaway(code: number, options?: { lastStream?: number; debug?: Content }): void;
  settings(settings: [identifier: number, value: number][]): void;
  setHeaderTableSize(size: number): void;
  writeRawHeaderFrame(headers: Fields, options?: { endStream?: boolean; endHeaders?: boolean }): void;
  writeRawContinuationFrame(headers: Fields, options?: { endHeaders?: boolean }): void;
  writeRawDataFrame(data: Content, options?: { endStream?: boolean }): void;
  writeRawFrame(type: number, flags: number, streamId: number, payload: Content): void;

  writeRawBytes(data: Content): void;
  close(): void;
  reset(): void;

  writeStatus(code: number, reason?: FieldText): void;
  writeHeader(name: FieldText, value: FieldText): void;
  writeDefaultHeaders(): void;
  endHeaders(): void;
  writeContent(data: Content): void;
  writeRawContent(data: Content): void;
  write(data: Content): void;

  /** The contract's own writer. */
  readonly raw: import("host:handler/writer@0.1.0").Writer;
}

/** Fails a hook: the request is answered with this status. */
export class HTTPError extends Error {
  constructor(status: number, message?: string);
  readonly status: number;
}

/** What the host refused; `reason` is the contract's case, as in `"protocol"`. */
export class HostError extends Error {
  readonly reason: string;
  readonly detail: unknown;
  readonly status: number;
}

type Line = (...parts: unknown[]) => void;
export const log: { trace: Line; debug: Line; info: Line; warn: Line; error: Line };

export const clock: {
  now(): Date;
  /** Seconds of a clock that never goes back. */
  monotonic(): number;
  sleep(seconds: number): void;
};

export const random: { bytes(length: number): Uint8Array };

export const config: {
  readonly tenant: string;
  readonly route: string;
  readonly listeners: { scheme: string; host: string; port: number }[];
  get(key: string): string | undefined;
};

export type Kind = "file" | "folder";
export interface Metadata {
  kind: Kind;
  size: bigint;
  modified?: { seconds: bigint; nanoseconds: number };
}
export type OpenFile = import("host:handler/files@0.1.0").File;

/** The folder that the handler was loaded from, to be read. */
export const files: {
  readonly ownPath: string;
  /** The path of a name in the handler's own folder. */
  beside(name: string): string;
  read(path: string): Uint8Array;
  readText(path: string): string;
  open(path: string): OpenFile;
  stat(path: string): Metadata;
  list(path: string): { name: string; kind: Kind }[];
};

/** The stash's lock. It is given back with the request at the latest. */
export interface Lock extends Disposable {
  release(): void;
}

/** What later requests are to find; keys are UUIDs. */
export const stash: {
  put(key: string, value: Content, path?: string): void;
  take(key: string, path?: string): Uint8Array | undefined;
  takeText(key: string, path?: string): string | undefined;
  /** Waits for the tenant's lock: `using lock = stash.lock();` holds it until the block ends. */
  lock(): Lock;
  send(key: string, message: Content, path?: string): void;
  receive(key: string, seconds?: number, path?: string): Uint8Array | undefined;
  receiveText(key: string, seconds?: number, path?: string): string | undefined;
};
