// Header fields are bytes. In JavaScript they are strings whose characters are
// bytes, as in fetch's Headers (WebIDL's ByteString): nothing is lost either way.
// Content is bytes, and a string given for it is UTF-8.

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/** Content: a string becomes UTF-8, bytes stay what they are. */
export function content(value) {
  if (typeof value === "string") return utf8.encode(value);
  if (value instanceof Uint8Array) return value;
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  throw new TypeError(`content is a string or bytes, not ${typeof value}`);
}

/** Content as text. */
export function text(bytes) {
  return fromUtf8.decode(bytes);
}

/** A field's name or value, from a string of bytes or from bytes. */
export function field(value) {
  if (typeof value !== "string") return content(value);
  return Uint8Array.from(value, (character) => {
    const byte = character.codePointAt(0);
    if (byte > 255) throw new TypeError(`${JSON.stringify(value)} has a character beyond a byte`);
    return byte;
  });
}

/** A field's name or value as a string of bytes. */
export function byteString(bytes) {
  let string = "";
  for (const byte of bytes) string += String.fromCharCode(byte);
  return string;
}

/** Fields for the host: of pairs, of an object, or of a Map. */
export function fields(given) {
  const isPairs = given !== null && typeof given[Symbol.iterator] === "function";
  const pairs = isPairs ? [...given] : Object.entries(given);
  return pairs.map(([name, value]) => [field(name), field(value)]);
}

/** Fields from the host, as pairs of strings of bytes. */
export function fieldPairs(raw) {
  return raw.map(([name, value]) => [byteString(name), byteString(value)]);
}

/** Pairs of a query, a form or cookies, as UTF-8 text. */
export function textPairs(raw) {
  return raw.map(([name, value]) => [text(name), text(value)]);
}
