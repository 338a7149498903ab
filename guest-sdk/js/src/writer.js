import * as bytes from "./bytes.js";
import { ask } from "./errors.js";
import { setEnded } from "./state.js";

const optional = (value) => (value === undefined ? undefined : bytes.field(value));

// Types of frames, and a flag, that tell whether a stream has ended (RFC 9113 §6).
const DATA = 0x0;
const HEADERS = 0x1;
const RST_STREAM = 0x3;
const END_STREAM = 0x1;

const ends = (type, flags) =>
  type === DATA || type === HEADERS ? (flags & END_STREAM) !== 0 : type === RST_STREAM;

/** Control of each frame and byte. Options that are left out are the contract's none. */
export class Writer {
  #own;
  #stream;

  /** `own` gives the request's own stream; `stream` is another one. */
  constructor(raw, own, stream) {
    /** The contract's own writer. */
    this.raw = raw;
    this.#own = own;
    this.#stream = stream;
  }

  /** The same writer, for another HTTP/2 stream. */
  onStream(id) {
    return new Writer(this.raw, this.#own, id === this.#own() ? undefined : id);
  }

  #end(call, last = true) {
    ask(call);
    if (last && this.#stream === undefined) setEnded();
  }

  writeHeaders(headers, status, { reason, last = false } = {}) {
    const lines = bytes.fields(headers);
    this.#end(() => this.raw.writeHeaders(lines, status, optional(reason), this.#stream, last), last);
  }

  writeData(data, { last = false } = {}) {
    this.#end(() => this.raw.writeData(bytes.content(data), last, this.#stream), last);
  }

  writeDataFrame(data, { last = false } = {}) {
    this.#end(() => this.raw.writeDataFrame(bytes.content(data), last, this.#stream), last);
  }

  writeTrailers(headers) {
    this.#end(() => this.raw.writeTrailers(bytes.fields(headers), this.#stream));
  }

  endStream() {
    this.#end(() => this.raw.endStream(this.#stream));
  }

  resetStream(code) {
    this.#end(() => this.raw.resetStream(code, this.#stream));
  }

  flush() {
    ask(() => this.raw.flush());
  }

  /** Promises an answer; gives the promised stream's id. */
  writePush(promise, { stream, status, headers, data } = {}) {
    const lines = headers === undefined ? undefined : bytes.fields(headers);
    const body = data === undefined ? undefined : bytes.content(data);
    return ask(() => this.raw.writePush(bytes.fields(promise), stream, status, lines, body));
  }

  ping(data) {
    ask(() => this.raw.ping(bytes.field(data)));
  }

  windowUpdate(increment) {
    ask(() => this.raw.windowUpdate(increment, this.#stream));
  }

  priority(priority) {
    ask(() => this.raw.priority(priority, this.#stream));
  }

  setPadding(length) {
    ask(() => this.raw.setPadding(length));
  }

  setHeaderCoding(indexing, huffman) {
    ask(() => this.raw.setHeaderCoding(indexing, huffman));
  }

  encodeHeaders(headers) {
    return ask(() => this.raw.encodeHeaders(bytes.fields(headers)));
  }

  peer() {
    const peer = ask(() => this.raw.peer(this.#stream));
    const connectionWindow = Number(peer.connectionWindow);
    return { ...peer, connectionWindow, streamWindow: Number(peer.streamWindow) };
  }

  goaway(code, { lastStream, debug = "" } = {}) {
    ask(() => this.raw.goaway(lastStream, code, bytes.content(debug)));
  }

  settings(settings) {
    ask(() => this.raw.settings(settings));
  }

  setHeaderTableSize(size) {
    ask(() => this.raw.setHeaderTableSize(size));
  }

  writeRawHeaderFrame(headers, { endStream = false, endHeaders = false } = {}) {
    const lines = bytes.fields(headers);
    this.#end(
      () => this.raw.writeRawHeaderFrame(lines, this.#stream, endStream, endHeaders),
      endStream,
    );
  }

  writeRawContinuationFrame(headers, { endHeaders = false } = {}) {
    const lines = bytes.fields(headers);
    ask(() => this.raw.writeRawContinuationFrame(lines, this.#stream, endHeaders));
  }

  writeRawDataFrame(data, { endStream = false } = {}) {
    this.#end(
      () => this.raw.writeRawDataFrame(bytes.content(data), this.#stream, endStream),
      endStream,
    );
  }

  writeRawFrame(type, flags, streamId, payload) {
    ask(() => this.raw.writeRawFrame(type, flags, streamId, bytes.content(payload)));
    if (ends(type, flags) && streamId === this.#own()) setEnded();
  }

  writeRawBytes(data) {
    ask(() => this.raw.writeRawBytes(bytes.content(data)));
  }

  close() {
    ask(() => this.raw.close());
    setEnded();
  }

  reset() {
    ask(() => this.raw.reset());
    setEnded();
  }

  writeStatus(code, reason) {
    ask(() => this.raw.writeStatus(code, optional(reason)));
  }

  writeHeader(name, value) {
    ask(() => this.raw.writeHeader(bytes.field(name), bytes.field(value)));
  }

  writeDefaultHeaders() {
    ask(() => this.raw.writeDefaultHeaders());
  }

  endHeaders() {
    ask(() => this.raw.endHeaders());
  }

  writeContent(data) {
    ask(() => this.raw.writeContent(bytes.content(data)));
  }

  writeRawContent(data) {
    ask(() => this.raw.writeRawContent(bytes.content(data)));
  }

  write(data) {
    ask(() => this.raw.write(bytes.content(data)));
  }
}
