#!/usr/bin/env node
// Makes a component of a handler in JavaScript or TypeScript:
//
//   host-guest FILE -o FILE.wasm
//
// A component exports exactly the hooks that its module exports, since host runs
// `main` at another time for a handler that takes the body by `handleData`.

import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { componentize } from "@bytecodealliance/componentize-js";
import { build } from "esbuild";

const WIT = fileURLToPath(new URL("../../wit", import.meta.url));
const SDK = fileURLToPath(new URL("src", import.meta.url));

/** The contract's world with every hook, line by line. */
const HANDLER = /^world handler \{\n([^]*?)^\}/m
  .exec(await readFile(join(WIT, "handler.wit"), "utf8"))[1]
  .split("\n");

/** Each hook's name in JavaScript, and its line in that world. */
const HOOKS = Object.fromEntries(
  HANDLER.flatMap((line) => {
    const name = /^ {2}export ([a-z-]+): /.exec(line)?.[1];
    return name === undefined ? [] : [[name.replace(/-(.)/g, (_, c) => c.toUpperCase()), line]];
  }),
);

/** The world of these hooks, in WIT. */
function world(hooks) {
  const uses = HANDLER.filter((line) => line.startsWith("  use ")).map((line) =>
    line.replace(/use ([a-z]+)\./, "use host:handler/$1@0.1.0."),
  );
  return [
    "package local:handler;",
    "world component {",
    "  include host:handler/imports@0.1.0;",
    ...uses,
    ...hooks.map((hook) => HOOKS[hook]),
    "}",
  ].join("\n");
}

/** Bundles an entry with all that it imports but for the host's interfaces. */
async function bundle(entry) {
  const result = await build({
    ...entry,
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    external: ["host:*"],
    alias: { "host-guest": join(SDK, "index.js"), "host-guest-hooks": join(SDK, "hooks.js") },
    logLevel: "error",
  });
  const exports = Object.values(result.metafile.outputs).flatMap((output) => output.exports);
  const text = (end) => result.outputFiles.find(({ path }) => path.endsWith(end))?.text;
  return { source: text(".js") ?? text("<stdout>"), map: text(".map"), exports };
}

/**
 * Where the bundle's lines come from, as in `{"3": "greet.ts:8"}`, of the files beneath
 * the handler's folder: for the stacks of errors.
 */
function origins(source, map) {
  const known = new SourceMap(JSON.parse(map));
  const lines = source.split("\n").map((line, at) => {
    const found = known.findEntry(at, line.search(/\S|$/));
    const isOwn = found.originalSource !== undefined && !/^[.<]/.test(found.originalSource);
    return isOwn ? [[at + 1, `${found.originalSource}:${found.originalLine + 1}`]] : [];
  });
  return JSON.stringify(Object.fromEntries(lines.flat()));
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
  const bundled = await bundle({
    stdin: { contents, resolveDir: dirname(file) },
    outfile: join(dirname(file), "source.js"),
    sourcemap: "external",
  });
  const source = `${bundled.source}
globalThis[Symbol.for("host-guest.origins")] = ${origins(bundled.source, bundled.map)};
`;
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
