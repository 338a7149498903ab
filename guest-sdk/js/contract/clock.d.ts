// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/** Time, for guests whose target has none. */
declare module "host:handler/clock@0.1.0" {
  /** A point in time, since 1970-01-01T00:00:00Z. */
  export interface Datetime {
    /** Whole seconds. */
    seconds: bigint;
    /** The rest, 0 to 999,999,999. */
    nanoseconds: number;
  }
  /** The time of day. */
  export function now(): Datetime;
  /** Nanoseconds of a clock that never goes back, since some point. */
  export function monotonic(): bigint;
  /**
   * Waits. What was written before is sent first. The request's wall-time
   * limit still holds.
   */
  export function sleep(nanoseconds: bigint): void;
}
