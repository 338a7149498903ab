// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/**
 * Control of what is written, frame by frame and byte by byte (wptserve's
 * `H2ResponseWriter` and `ResponseWriter`, seed "H2ResponseWriter API").
 *
 * *Checked* functions are refused as a value when the exchange's state forbids
 * them. Those for content mean the same on both protocols: on HTTP/1 a DATA
 * frame is a piece of the body, chunked unless the head has a Content-Length.
 * *Raw* functions write what they are given. They can break the connection for
 * its other streams, so a tenant must have been granted them (`raw` in
 * host.toml); without that they are `not-granted`.
 *
 * `stream-id` names an HTTP/2 stream; none means the request's own. A checked
 * function may name that one and those that this handler has pushed, a raw one
 * may name any.
 */
declare module "host:handler/writer@0.1.0" {
  export type Fields = import("host:handler/types@0.1.0").Fields;
  export type WriteError = import("host:handler/types@0.1.0").WriteError;
  export type Priority = import("host:handler/frames@0.1.0").Priority;
  /** How a field is represented in a header block (RFC 7541 §6). */
  export type Indexing = "automatic" | "incremental" | "without" | "never";
  /** Whether strings are Huffman-coded (RFC 7541 §5.2). */
  export type Huffman = "automatic" | "always" | "never";
  /**
   * An HTTP/2 client's settings (RFC 9113 §6.5.2), and the flow-control
   * windows that it has left to us (§6.9).
   */
  export interface Peer {
    /** SETTINGS_HEADER_TABLE_SIZE, bytes. */
    headerTableSize: number;
    /** SETTINGS_ENABLE_PUSH. */
    enablePush: boolean;
    /** SETTINGS_MAX_CONCURRENT_STREAMS, for pushed streams; none is no limit. */
    maxConcurrentStreams?: number;
    /** SETTINGS_INITIAL_WINDOW_SIZE, bytes. */
    initialWindowSize: number;
    /** SETTINGS_MAX_FRAME_SIZE, bytes. */
    maxFrameSize: number;
    /** SETTINGS_MAX_HEADER_LIST_SIZE, bytes; none is no limit. */
    maxHeaderListSize?: number;
    /** What may be sent on the connection, bytes; below zero after raw DATA. */
    connectionWindow: bigint;
    /** What may be sent on the stream, bytes. */
    streamWindow: bigint;
  }
  /** Writes to the exchange, in the order of the calls. */
  export class Writer {
    private constructor();
    /**
     * === both protocols, checked ===
     * Writes a head. On HTTP/2 `:status` goes first, and a name that is a
     * pseudo-header's without its colon gets it, as in wptserve, which an
     * answer may not have then: a protocol error. A status below 200 is
     * informational (RFC 9110 §15.2) and may be written any number of times
     * before the final one. `last` ends the stream. A Content-Length holds for
     * the checked functions that follow, on both protocols: more content, or an
     * end before there is as much, is a protocol error, and so is any content
     * behind 204 and 304. Once a final head has been
     * written, a second one is trailers, which need `last`; its status is not
     * sent.
     */
    writeHeaders(headers: Fields, statusCode: number, statusMessage: Uint8Array | undefined, streamId: number | undefined, last: boolean): void;
    /**
     * Writes content, in as many DATA frames as the peer's frame size and
     * windows ask for; waits for window (RFC 9113 §6.9). Writes the response's
     * head first if none was written. `last` ends the stream.
     */
    writeData(item: Uint8Array, last: boolean, streamId: number | undefined): void;
    /**
     * Writes content as exactly one DATA frame, an empty one too; waits for
     * window. Larger than the peer's frame size is a protocol error.
     */
    writeDataFrame(data: Uint8Array, last: boolean, streamId: number | undefined): void;
    /** Writes trailer fields and ends the stream (RFC 9110 §6.5). */
    writeTrailers(headers: Fields, streamId: number | undefined): void;
    /**
     * Ends the stream: an empty DATA frame with END_STREAM, or HTTP/1's last
     * chunk. Where no head was written, the response's is, and says it.
     */
    endStream(streamId: number | undefined): void;
    /**
     * Gives the stream up with an error code (RFC 9113 §7); on HTTP/1 the
     * connection is reset.
     */
    resetStream(code: number, streamId: number | undefined): void;
    /** Returns when all that was written has been handed to the socket. */
    flush(): void;
    /**
     * === HTTP/2, checked ===
     * Promises an answer to a request that the client has not made
     * (PUSH_PROMISE on the request's stream, RFC 9113 §8.4). The promised
     * stream is `push-stream-id`, even and unused, or the next one. With
     * `status`, the answer is written too: `response-headers` and
     * `response-data`; without, it is up to the handler, by the id returned. A
     * client that has turned push off is a protocol error.
     */
    writePush(promiseHeaders: Fields, pushStreamId: number | undefined, status: number | undefined, responseHeaders: Fields | undefined, responseData: Uint8Array | undefined): number;
    /** Writes a PING; `data` is 8 bytes (RFC 9113 §6.7). */
    ping(data: Uint8Array): void;
    /**
     * Lets the client send more on a stream (WINDOW_UPDATE, RFC 9113 §6.9).
     * Stream 0, the connection, is raw.
     */
    windowUpdate(increment: number, streamId: number | undefined): void;
    /** Writes a PRIORITY frame (RFC 7540 §6.3, deprecated). */
    priority(priority: Priority, streamId: number | undefined): void;
    /**
     * Pads the HEADERS, PUSH_PROMISE and DATA frames that this handler writes
     * from now on, checked or raw, by so many bytes (RFC 9113 §6.1).
     */
    setPadding(length: number | undefined): void;
    /** How this handler's header blocks are coded from now on. */
    setHeaderCoding(indexing: Indexing, huffman: Huffman): void;
    /**
     * Fields as a header block that leaves the dynamic table alone, coded as
     * set, to be cut up and written by `write-raw-frame`. Writes nothing.
     */
    encodeHeaders(headers: Fields): Uint8Array;
    /** What the client has said of itself, and the windows that are left. */
    peer(streamId: number | undefined): Peer;
    /**
     * === HTTP/2, raw ===
     * Ends the connection in good order or for an error (GOAWAY, RFC 9113
     * §6.8). Streams after the last one are ignored; it is the last that the
     * client has opened if none is named.
     */
    goaway(lastStreamId: number | undefined, code: number, debug: Uint8Array): void;
    /**
     * Writes SETTINGS (RFC 9113 §6.5): identifiers and values. They hold when
     * the client acknowledges them.
     */
    settings(settings: [number, number][]): void;
    /**
     * Sets the size of the dynamic table that header blocks use, which the
     * next one says (RFC 7541 §6.3); at most the peer's header-table-size.
     */
    setHeaderTableSize(size: number): void;
    /**
     * Writes a HEADERS frame whatever the stream's state, the fields as they
     * are (seed "H2ResponseWriter API"). Without `end-headers` nobody else
     * writes on the connection until a CONTINUATION frame has it, or the
     * handler ends.
     */
    writeRawHeaderFrame(headers: Fields, streamId: number | undefined, endStream: boolean, endHeaders: boolean): void;
    /** Writes a CONTINUATION frame, likewise. */
    writeRawContinuationFrame(headers: Fields, streamId: number | undefined, endHeaders: boolean): void;
    /** Writes a DATA frame whatever the stream's state and windows. */
    writeRawDataFrame(data: Uint8Array, streamId: number | undefined, endStream: boolean): void;
    /**
     * Writes any frame: its stream id with the reserved bit, its payload up to
     * 2^24-1 bytes.
     */
    writeRawFrame(type: number, flags: number, streamId: number, payload: Uint8Array): void;
    /**
     * === both protocols, raw ===
     * Writes bytes, inside a frame or between frames. Nobody else writes
     * within a frame that is left open.
     */
    writeRawBytes(bytes: Uint8Array): void;
    /** Closes our side of the connection (FIN) behind what was written. */
    close(): void;
    /** Drops the connection (RST) behind what was written. */
    reset(): void;
    /**
     * === HTTP/1, raw (wptserve's `ResponseWriter`) ===
     * Writes a status line, with the registered reason if none is given.
     */
    writeStatus(code: number, message: Uint8Array | undefined): void;
    /**
     * Writes a field line as it is given, after a status line of 200 if there
     * was none.
     */
    writeHeader(name: Uint8Array, value: Uint8Array): void;
    /**
     * Writes those of Server, Date and, where the response has content,
     * Content-Length that `write-header` has not written. The Content-Length
     * is that of `response.content`, which is not sent: what is sent behind
     * the head is up to the handler. `write-header` of one of them behind this
     * makes a second line.
     */
    writeDefaultHeaders(): void;
    /**
     * Ends the head: the default headers, unless it is informational or the
     * response's add-required-headers is off, and the empty line. The content
     * of the response gives the Content-Length, as there, and is not sent.
     * Without a Content-Length or chunks the connection closes after the
     * answer.
     */
    endHeaders(): void;
    /** Writes content as it is, after what of the head was not written. */
    writeContent(data: Uint8Array): void;
    /** Writes bytes where the content goes: as it is, nothing before it. */
    writeRawContent(data: Uint8Array): void;
    /** Writes bytes, wherever the answer is. */
    write(data: Uint8Array): void;
  }
}
