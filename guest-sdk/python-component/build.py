#!/usr/bin/env python3
"""Makes a component of a handler in Python:

    build.py FILE.py -o FILE.wasm

needs `pip install componentize-py==0.25.1`. A component exports exactly the hooks
that the file defines, since host runs `main` at another time for a handler that
takes the body by `handle_data`. With `--stubs DIR` it writes the types of
everything that a handler may import, for an editor."""

import argparse
import ast
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SDK = Path(__file__).resolve().parent
WIT = SDK.parent.parent / "wit"


def handler_world():
    """The lines of the contract's world with every hook."""
    text = (WIT / "handler.wit").read_text()
    return re.search(r"^world handler \{\n(.*?)^\}", text, re.M | re.S)[1].splitlines()


def hooks_of_contract():
    """Each hook's name in Python, and its line in the world."""
    found = (re.match(r"  export ([a-z-]+): ", line) for line in handler_world())
    return {hit[1].replace("-", "_"): hit.string for hit in found if hit}


def world(hooks):
    """The world of these hooks, in WIT."""
    uses = (line for line in handler_world() if line.startswith("  use "))
    uses = (re.sub(r"use ([a-z]+)\.", r"use host:handler/\1@0.1.0.", u) for u in uses)
    known = hooks_of_contract()
    lines = ["  include host:handler/imports@0.1.0;", *uses, *(known[h] for h in hooks)]
    return "\n".join(["package local:handler;", "world component {", *lines, "}", ""])


def app(module, hooks):
    """The class that componentize-py wants, around the handler's functions."""
    lines = [f"import {module} as handler", "import host_guest", "import wit_world", ""]
    lines += ["", "class WitWorld(wit_world.WitWorld):"]
    for hook in hooks:
        call = "main(" if hook == "main" else "run("
        lines.append(f"    def {hook}(self, *args):")
        given = "bool(" if hook == "handle_pipe" else "("
        lines.append(f"        return {given}host_guest.{call}handler.{hook}, *args))")
    return "\n".join([*lines, ""])


def componentize(*args):
    done = subprocess.run(["componentize-py", "-q", *args], check=False)
    return done.returncode


def build(source, output):
    known = hooks_of_contract()
    tree = ast.parse(source.read_text(), source)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    hooks = [name for name in names if name in known]
    if not hooks:
        print(f"{source} has no hook; there are {', '.join(known)}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as work:
        work = Path(work)
        shutil.copytree(WIT, work / "wit/deps/handler")
        (work / "wit/world.wit").write_text(world(hooks))
        (work / "host_guest_app.py").write_text(app(source.stem, hooks))
        half = output.with_name(output.name + ".new")
        path = [f"-p{folder}" for folder in (work, SDK, source.parent)]
        code = componentize("-d", work / "wit", "-w", "component", "componentize",
                            *path, "host_guest_app", "-o", half)
        if code == 0:
            os.replace(half, output)  # In one step: host never reads half of a file.
        return code


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("source", type=Path, nargs="?")
    parser.add_argument("-o", "--output", type=Path)
    parser.add_argument("--stubs", type=Path, metavar="DIR")
    args = parser.parse_args()
    if shutil.which("componentize-py") is None:
        print("componentize-py is missing: pip install componentize-py==0.25.1",
              file=sys.stderr)
        return 1
    if args.stubs:
        world = "host:handler/handler"
        return componentize("-d", WIT, "-w", world, "bindings", args.stubs)
    if not args.source or not args.output:
        parser.error("FILE.py and -o FILE.wasm are needed")
    return build(args.source.resolve(), args.output.resolve())


sys.exit(main())
