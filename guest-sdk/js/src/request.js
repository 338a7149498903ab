import * as bytes from "./bytes.js";
import { ask } from "./errors.js";

/** Names with any number of values, in order: of a query, a form or cookies. */
export class Multi {
  #items;

  constructor(items) {
    this.#items = items;
  }

  get(name) {
    return this.#items.find(([known]) => known === name)?.[1];
  }

  getLast(name) {
    return this.#items.findLast(([known]) => known === name)?.[1];
  }

  getAll(name) {
    return this.#items.filter(([known]) => known === name).map(([, value]) => value);
  }

  has(name) {
    return this.#items.some(([known]) => known === name);
  }

  [Symbol.iterator]() {
    return this.#items[Symbol.iterator]();
  }
}

/** A field of a form; a file when it has a file name. */
class FormPart {
  constructor(raw) {
    this.name = bytes.text(raw.name);
    this.filename = raw.filename === undefined ? undefined : bytes.text(raw.filename);
    this.headers = bytes.fieldPairs(raw.headers);
    this.value = raw.value;
  }

  toString() {
    return bytes.text(this.value);
  }
}

export class Request {
  #lent;

  /** `lent` gives the contract's request of the hook that runs now. */
  constructor(lent) {
    this.#lent = lent;
  }

  /** The contract's own request, valid until the hook returns. */
  get raw() {
    return this.#lent();
  }

  get method() {
    return this.raw.method();
  }

  get target() {
    return bytes.byteString(this.raw.target());
  }

  get url() {
    return this.raw.url();
  }

  get urlParts() {
    return this.raw.urlParts();
  }

  get urlBase() {
    return this.raw.urlBase();
  }

  get routeMatch() {
    return Object.fromEntries(this.raw.routeMatch());
  }

  get protocol() {
    return this.raw.protocol();
  }

  get streamId() {
    return this.raw.streamId();
  }

  get connectionId() {
    return Number(this.raw.connectionId());
  }

  get clientAddress() {
    return this.raw.clientAddress();
  }

  get serverAddress() {
    return this.raw.serverAddress();
  }

  header(name) {
    const value = this.raw.header(name);
    return value === undefined ? undefined : bytes.byteString(value);
  }

  headerValues(name) {
    return this.raw.headerValues(name).map(bytes.byteString);
  }

  get headers() {
    return bytes.fieldPairs(this.raw.headers());
  }

  get trailers() {
    return bytes.fieldPairs(this.raw.trailers());
  }

  get query() {
    return new Multi(bytes.textPairs(this.raw.query()));
  }

  get cookies() {
    return new Multi(bytes.textPairs(this.raw.cookies()));
  }

  get auth() {
    const credentials = this.raw.authorization();
    if (credentials === undefined) return undefined;
    const { username, password } = credentials;
    return { username: bytes.text(username), password: bytes.text(password) };
  }

  body() {
    return ask(() => this.raw.body());
  }

  text() {
    return bytes.text(this.body());
  }

  json() {
    return JSON.parse(this.text());
  }

  form() {
    const parts = ask(() => this.raw.form()).map((part) => new FormPart(part));
    return new Multi(parts.map((part) => [part.name, part]));
  }

  /** The body by pieces, as the client sends them. */
  *pieces(max = 0) {
    for (;;) {
      const piece = ask(() => this.raw.readBody(max));
      if (piece === undefined) return;
      yield piece;
    }
  }
}
