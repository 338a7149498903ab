// What a handler imports from "host-guest".

import * as clockRaw from "host:handler/clock@0.1.0";
import * as configRaw from "host:handler/config@0.1.0";
import * as filesRaw from "host:handler/files@0.1.0";
import * as logRaw from "host:handler/log@0.1.0";
import * as randomRaw from "host:handler/random@0.1.0";
import * as stashRaw from "host:handler/stash@0.1.0";

import * as bytes from "./bytes.js";
import { ask } from "./errors.js";

export { HostError, HTTPError } from "./errors.js";

const line = (level) => (...parts) => logRaw.write(level, parts.map(String).join(" "));

/** Lines in host's log. */
export const log = {
  trace: line("trace"),
  debug: line("debug"),
  info: line("info"),
  warn: line("warn"),
  error: line("error"),
};

const nanoseconds = (seconds) => BigInt(Math.round(seconds * 1e9));

export const clock = {
  now() {
    const { seconds, nanoseconds } = clockRaw.now();
    return new Date(Number(seconds) * 1000 + nanoseconds / 1e6);
  },
  /** Seconds of a clock that never goes back. */
  monotonic: () => Number(clockRaw.monotonic()) / 1e9,
  sleep: (seconds) => clockRaw.sleep(nanoseconds(seconds)),
};

export const random = { bytes: (length) => randomRaw.bytes(length) };

export const config = {
  get tenant() {
    return configRaw.tenant();
  },
  get route() {
    return configRaw.route();
  },
  get listeners() {
    return configRaw.listeners();
  },
  get: (key) => configRaw.get(key),
};

/** The folder that the handler was loaded from, to be read. */
export const files = {
  get ownPath() {
    return filesRaw.ownPath();
  },
  /** The path of a name in the handler's own folder. */
  beside: (name) => filesRaw.ownPath().replace(/[^/]*$/, "") + name,
  read: (path) => ask(() => filesRaw.read(path)),
  readText: (path) => bytes.text(ask(() => filesRaw.read(path))),
  open: (path) => ask(() => filesRaw.open(path)),
  stat: (path) => ask(() => filesRaw.stat(path)),
  list: (path) => ask(() => filesRaw.listFolder(path)),
};

const textIfAny = (value) => (value === undefined ? undefined : bytes.text(value));

// esbuild's `using` looks for the same where the engine does not have it.
const dispose = Symbol.dispose ?? Symbol.for("Symbol.dispose");

/** What later requests are to find. Keys are UUIDs; values are bytes or text. */
export const stash = {
  put: (key, value, path) => ask(() => stashRaw.put(key, bytes.content(value), path)),
  take: (key, path) => ask(() => stashRaw.take(key, path)),
  takeText: (key, path) => textIfAny(stash.take(key, path)),
  lock() {
    const guard = ask(() => stashRaw.lock());
    const release = () => guard.release();
    return { release, [dispose]: release };
  },
  send: (key, value, path) => ask(() => stashRaw.send(key, bytes.content(value), path)),
  receive: (key, seconds = 0, path) =>
    ask(() => stashRaw.receive(key, nanoseconds(seconds), path)),
  receiveText: (key, seconds, path) => textIfAny(stash.receive(key, seconds, path)),
};
