#!/usr/bin/env node
// Makes a component of a handler in JavaScript or TypeScript:
//
//   host-guest FILE -o FILE.wasm
//
// A component exports exactly the hooks that its module exports, since host runs
// `main` at another time for a handler that takes the body by `handleData`.

import { cp, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { componentize } from "@bytecodealliance/componentize-js";
import { build } from "esbuild";

const WIT = fileURLToPath(new URL("../../wit", import.meta.url));
const SDK = fileURLToPath(new URL("src", import.meta.url));

const frame = (type) => `frame: ${type}, `;

/** Each hook: the contract's name, what it is given first, what it returns. */
const HOOKS = {
  handleHeaders: ["handle-headers", frame("headers-frame")],
  handleData: ["handle-data", frame("data-frame")],
  handleTrailers: ["handle-trailers", frame("headers-frame")],
  handleFrame: ["handle-frame", frame("control-frame")],
  handleReset: ["handle-reset", "code: u32, "],
  handleClose: ["handle-close", "closing: closing, "],
  handlePipe: ["handle-pipe", "name: string, arguments: list<string>, ", "bool"],
  main: ["main", ""],
};

/** The world of these hooks, in WIT. */
function world(hooks) {
  const exported = hooks.map((hook) => {
    const [name, first, returned = "_"] = HOOKS[hook];
    const lent = "request: borrow<request>, response: borrow<response>";
    return `  export ${name}: func(${first}${lent}) -> result<${returned}, handler-error>;`;
  });
  return `package local:handler;

world component {
  include host:handler/imports@0.1.0;
  use host:handler/types@0.1.0.{handler-error};
  use host:handler/frames@0.1.0.{headers-frame, data-frame, control-frame, closing};
  use host:handler/request@0.1.0.{request};
  use host:handler/response@0.1.0.{response};
${exported.join("\n")}
}
`;
}

/** Bundles an entry with all that it imports but for the host's interfaces. */
async function bundle(entry) {
  const result = await build({
    ...entry,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["host:*"],
    alias: { "host-guest": join(SDK, "index.js"), "host-guest-hooks": join(SDK, "hooks.js") },
    logLevel: "error",
  });
  const [output] = Object.values(result.metafile.outputs);
  return { source: result.outputFiles[0].text, exports: output.exports };
}

async function component(file) {
  const { exports } = await bundle({ entryPoints: [file] });
  const hooks = exports.filter((name) => name in HOOKS);
  if (hooks.length === 0) {
    const known = Object.keys(HOOKS).join(", ");
    throw new Error(`${file} exports no hook; there are ${known}`);
  }
  const lines = hooks.map((hook) => `export const ${hook} = hooks.${hook}(handler.${hook});`);
  const contents = `import * as handler from ${JSON.stringify(file)};
import * as hooks from "host-guest-hooks";
${lines.join("\n")}
`;
  const { source } = await bundle({ stdin: { contents, resolveDir: dirname(file) } });
  const folder = await mkdtemp(join(tmpdir(), "host-guest-"));
  try {
    await cp(WIT, join(folder, "deps/handler"), { recursive: true });
    await writeFile(join(folder, "world.wit"), world(hooks));
    const options = { witPath: folder, worldName: "component" };
    // fetch has no network here; leaving it out makes the component smaller.
    const disableFeatures = ["http", "fetch-event"];
    return (await componentize(source, { ...options, disableFeatures })).component;
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function main() {
  const options = { output: { type: "string", short: "o" } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (positionals.length !== 1 || values.output === undefined) {
    console.error("usage: host-guest FILE -o FILE.wasm");
    return 2;
  }
  const bytes = await component(resolve(positionals[0]));
  // In one step: a running host never reads half of a file.
  const half = `${values.output}.new`;
  await writeFile(half, bytes);
  await rename(half, values.output);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  // esbuild has printed its own errors, with the place.
  if (error.errors === undefined) console.error(error.message);
  process.exitCode = 1;
}
