// Of the contract (wit/), as a handler may import it. Made by `cargo xtask wit --write`:
// not to be edited.

/// <reference path="./types.d.ts" />
/// <reference path="./frames.d.ts" />
/// <reference path="./request.d.ts" />
/// <reference path="./writer.d.ts" />
/// <reference path="./response.d.ts" />
/// <reference path="./log.d.ts" />
/// <reference path="./config.d.ts" />
/// <reference path="./clock.d.ts" />
/// <reference path="./files.d.ts" />
/// <reference path="./random.d.ts" />
/// <reference path="./stash.d.ts" />
