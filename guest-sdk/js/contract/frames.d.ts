// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/**
 * What the frame hooks are given. Numbers and flags are those of RFC 9113;
 * on HTTP/1 stream ids and flags are 0.
 */
declare module "host:handler/frames@0.1.0" {
  export type Fields = import("host:handler/types@0.1.0").Fields;
  /** RFC 7540 §5.3.1's dependency, deprecated by RFC 9113 §5.3.2. */
  export interface Priority {
    /** The stream that this one depends on. */
    dependency: number;
    /** The weight's byte: 0 to 255, one less than the weight. */
    weight: number;
    /** Whether the dependency is exclusive. */
    exclusive: boolean;
  }
  /** A HEADERS frame, its continuations joined (RFC 9113 §6.2). */
  export interface HeadersFrame {
    /** The stream. */
    streamId: number;
    /** END_STREAM 0x1, END_HEADERS 0x4, PADDED 0x8, PRIORITY 0x20. */
    flags: number;
    /** The whole list in order, pseudo-header fields (`:method`…) included. */
    headers: Fields;
    /** Whether the request has no body. */
    endStream: boolean;
    /** Bytes of padding, when the frame was padded. */
    padding?: number;
    /** Present when the PRIORITY flag was set. */
    priority?: Priority;
  }
  /** A DATA frame (RFC 9113 §6.1). */
  export interface DataFrame {
    /** The stream. */
    streamId: number;
    /** END_STREAM 0x1, PADDED 0x8. */
    flags: number;
    /** The content, without padding. */
    data: Uint8Array;
    /** Whether it is the last of the stream. */
    endStream: boolean;
    /** Bytes of padding, when the frame was padded. */
    padding?: number;
    /** What it took of the flow-control windows (RFC 9113 §6.9.1), bytes. */
    flowControlledLength: number;
  }
  /**
   * A frame without content, as it came (RFC 9113 §4.1): SETTINGS, PING,
   * WINDOW_UPDATE, PRIORITY or one of an unknown type.
   */
  export interface ControlFrame {
    /** The type. */
    type: number;
    /** The flags. */
    flags: number;
    /** The stream; 0 for the connection. */
    streamId: number;
    /** The payload. */
    payload: Uint8Array;
  }
  /** A GOAWAY frame. */
  export interface Goaway {
    /** The last of our streams that the client takes. */
    lastStreamId: number;
    /** The error code. */
    code: number;
    /** Debug data. */
    debug: Uint8Array;
  }
  /** How a client leaves. */
  export type Closing =
    /** It said GOAWAY (RFC 9113 §6.8); the connection goes on for now. */
    | { tag: "goaway"; val: Goaway }
    /** Its side of the connection has ended, or the connection broke. */
    | { tag: "eof" };
}
