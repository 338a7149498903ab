// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/**
 * The files of the folder that the handler was loaded from (wptserve's
 * `doc_root`, `open`), to be read.
 *
 * A path is from that folder's root, whether it begins with a slash or not, and
 * is not percent-encoded. `.` and `..` are taken out of it before it is looked
 * up; nothing outside the root is reached, by them or by a link. Names that
 * begin with a dot are hidden, but for `.well-known`, as in the server's own
 * answers.
 */
declare module "host:handler/files@0.1.0" {
  export type Datetime = import("host:handler/clock@0.1.0").Datetime;
  /**
   * What a name can stand for. There is nothing else: sockets, pipes and devices
   * are not found.
   */
  export type Kind = "file" | "folder";
  /** What is known of a file or folder without reading it. Links are followed. */
  export interface Metadata {
    /** What it is. */
    kind: Kind;
    /** Bytes of a file. */
    size: bigint;
    /** When its content changed last, if the file system says so. */
    modified?: Datetime;
  }
  /** A name in a folder. */
  export interface Entry {
    /** The name alone. */
    name: string;
    /** What it stands for. */
    kind: Kind;
  }
  /** Why there is nothing to read. */
  export type Error =
    /** The path names nothing that a handler may read. */
    | { tag: "not-found" }
    /** The path names a folder where a file is wanted. */
    | { tag: "is-folder" }
    /** The path names a file where a folder is wanted. */
    | { tag: "is-file" }
    /** A limit of this handler: the text names it. */
    | { tag: "limit"; val: string }
    /** The file system failed; the text is what it said. */
    | { tag: "io"; val: string };
  /**
   * A file that is open. It stays the one that was opened, whatever happens to
   * its name.
   */
  export class File {
    private constructor();
    /** What was known of it when it was opened. */
    metadata(): Metadata;
    /**
     * At most `max` bytes from here on, and never more than a mebibyte; none at
     * the end.
     */
    read(max: number): Uint8Array;
    /**
     * Goes to a place, counted from the file's beginning. Behind the end there
     * is nothing to read.
     */
    seek(offset: bigint): void;
    /** The place, counted from the file's beginning. */
    tell(): bigint;
  }
  /**
   * The path of the handler's own file, as in `/a/b.wasm` (wptserve's
   * `__file__`): beside it is `/a/x`.
   */
  export function ownPath(): string;
  /** Opens a file. 64 may be open at a time. */
  export function open(path: string): File;
  /**
   * The whole of a file. One that is larger than a body that `request.body`
   * gives is over the limit: read it by pieces.
   */
  export function read(path: string): Uint8Array;
  /** What is known of a file or folder. */
  export function stat(path: string): Metadata;
  /**
   * What is in a folder, by name. 10,000 entries at most; names that are not
   * UTF-8 are left out.
   */
  export function listFolder(path: string): Entry[];
}
