import * as bytes from "./bytes.js";
import { ask } from "./errors.js";
import { ended, setEnded } from "./state.js";
import { Writer } from "./writer.js";

/** The header fields of the answer. Every call asks the host. */
class Headers {
  #response;

  constructor(response) {
    this.#response = response;
  }

  set(name, value) {
    this.#response.raw.setHeader(bytes.field(name), bytes.field(value));
  }

  append(name, value) {
    this.#response.raw.appendHeader(bytes.field(name), bytes.field(value));
  }

  update(fields) {
    for (const [name, value] of bytes.fields(fields)) this.#response.raw.appendHeader(name, value);
  }

  replace(fields) {
    this.#response.raw.setHeaders(bytes.fields(fields));
  }

  delete(name) {
    return this.#response.raw.removeHeader(name);
  }

  get(name) {
    return this.getAll(name)[0];
  }

  getAll(name) {
    return this.#response.raw.headerValues(name).map(bytes.byteString);
  }

  [Symbol.iterator]() {
    return bytes.fieldPairs(this.#response.raw.headers())[Symbol.iterator]();
  }
}

const COOKIE = { path: "/", secure: false, httpOnly: false };

export class Response {
  #lent;
  #own;
  #writer;

  /**
   * `lent` gives the contract's response of the hook that runs now, `own` the request's
   * stream.
   */
  constructor(lent, own) {
    this.#lent = lent;
    this.#own = own;
    this.headers = new Headers(this);
  }

  /** The contract's own response, valid until the hook returns. */
  get raw() {
    return this.#lent();
  }

  get status() {
    return this.raw.status()[0];
  }

  set status(code) {
    this.setStatus(code);
  }

  setStatus(code, reason) {
    this.raw.setStatus(code, reason === undefined ? undefined : bytes.field(reason));
  }

  setCookie(name, value, attributes = {}) {
    const { maxAge, ...others } = attributes;
    const age = maxAge === undefined ? undefined : BigInt(maxAge);
    this.raw.setCookie({ ...COOKIE, ...others, name, value, maxAge: age });
  }

  unsetCookie(name) {
    this.raw.unsetCookie(name);
  }

  deleteCookie(name, { path = "/", domain } = {}) {
    this.raw.deleteCookie(name, path, domain);
  }

  get content() {
    return this.raw.content();
  }

  set content(value) {
    this.raw.setContent(bytes.content(value));
  }

  text() {
    return bytes.text(this.content);
  }

  setError(code, message) {
    this.raw.setError(code, message);
  }

  set addRequiredHeaders(add) {
    this.raw.setAddRequiredHeaders(add);
  }

  set closeConnection(close) {
    this.raw.setCloseConnection(close);
  }

  set sendBodyForHead(send) {
    this.raw.setSendBodyForHead(send);
  }

  /** Goes on for so many seconds after the last hook. */
  watch(seconds) {
    this.raw.setWatch(BigInt(Math.round(seconds * 1e9)));
  }

  writeStatusHeaders() {
    ask(() => this.raw.writeStatusHeaders());
  }

  /** Writes a piece of content; says whether more is wanted. */
  writeContent(piece) {
    return ask(() => this.raw.writeContent(bytes.content(piece)));
  }

  write() {
    ask(() => this.raw.write());
    setEnded();
  }

  get writer() {
    return (this.#writer ??= new Writer(this.raw.writer(), this.#own));
  }

  get ended() {
    return ended();
  }

  /** Sets what `main` returned: content, [headers, content] or [status, headers, content]. */
  set(answer) {
    if (answer === undefined || answer === null) return;
    const parts = Array.isArray(answer) ? answer : [answer];
    const [body, headers = [], status] = parts.toReversed();
    if (parts.length > 3) throw new TypeError("an answer is [status, headers, content] at most");
    if (status !== undefined) this.setStatus(...(Array.isArray(status) ? status : [status]));
    this.headers.update(headers);
    if (typeof body?.next === "function") this.#pieces(body);
    else if (body !== undefined && body !== null) this.content = body;
  }

  #pieces(pieces) {
    // An empty piece asks whether any is wanted: not for HEAD.
    let isWanted = this.writeContent("");
    while (isWanted) {
      const { done, value } = pieces.next();
      if (done) return;
      isWanted = this.writeContent(value);
    }
  }
}
