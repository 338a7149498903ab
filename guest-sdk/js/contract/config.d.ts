// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/**
 * What a handler may know of the server that runs it (wptserve's
 * `request.server.config`, as far as it concerns a handler).
 */
declare module "host:handler/config@0.1.0" {
  /** One address that the server listens on. */
  export interface Listener {
    /**
     * What it is for: `http`, `https`, or a name of wptserve's such as `h2` or
     * `http-private`.
     */
    scheme: string;
    /** The IP address. */
    host: string;
    /** The port. */
    port: number;
  }
  /** The tenant that this handler belongs to. */
  export function tenant(): string;
  /** The handler's own name: its route, as in `/a/b`. */
  export function route(): string;
  /** Where the server listens. */
  export function listeners(): Listener[];
  /** A value of the tenant's `[vars]` table in host.toml. */
  export function get(key: string): string | undefined;
}
