// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/**
 * The handler's log. Lines appear in host's own log under the handler's name;
 * their number of bytes for a request is limited, what is over is dropped and
 * said once.
 */
declare module "host:handler/log@0.1.0" {
  /** How much a line matters. */
  export type Level = "trace" | "debug" | "info" | "warn" | "error";
  /** Writes one entry. Control characters are escaped where it is shown. */
  export function write(level: Level, message: string): void;
}
