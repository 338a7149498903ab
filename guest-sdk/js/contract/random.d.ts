// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/** Randomness from the operating system, for guests whose target has none. */
declare module "host:handler/random@0.1.0" {
  /** That many bytes, 65,536 at most (more are not given). */
  export function bytes(len: number): Uint8Array;
  /** Eight bytes as a number. */
  export function nextU64(): bigint;
}
