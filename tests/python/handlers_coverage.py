"""Whether the handlers of tests/python/handlers use all that handlers use.

    python3 tests/python/handlers_coverage.py [--table]

Reads their syntax trees. A line of the tables in `corpus.calls` that no handler has
is printed, and the exit code is 1. `--table` prints which handlers have each.
"""

import ast
import sys

from corpus.calls import TABLES
from corpus.servers import HANDLERS

ROOTS = ("request", "response", "frame")
# Scripts that Python cannot read are handlers too.
BROKEN = {"errors/syntax.py"}
IMPORTERS = ("import_module", "spec_from_file_location")


class Uses(ast.NodeVisitor):
    """What one script uses, in the words of the tables."""

    def __init__(self, tree):
        self.found = set()
        # Names that stand for a part of the request or response: `stash`, `writer`.
        self.short = {}
        self.parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                self.found.add(f"def {node.name}")
                if node.name == "main":
                    self.returns(node)
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign):
                self.shorten(node.targets[0], node.value)
        self.visit(tree)

    def shorten(self, target, value):
        """Remembers `name = request.part`, also several at once."""
        pairs = [(target, value)]
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
            pairs = zip(target.elts, value.elts)
        for name, part in pairs:
            whole = self.dotted(part)
            if isinstance(name, ast.Name) and whole and whole.split(".")[0] in ROOTS:
                self.short[name.id] = whole

    def dotted(self, node):
        """`a.b.c` of names and attributes, else nothing."""
        if isinstance(node, ast.Name):
            return self.short.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            before = self.dotted(node.value)
            return before and f"{before}.{node.attr}"
        return None

    def visit_Attribute(self, node):
        self.use(node)
        self.generic_visit(node)

    def visit_Name(self, node):
        self.use(node)

    def use(self, node):
        name, parent = self.dotted(node), self.parents[node]
        if name is None or isinstance(parent, ast.Attribute):
            return
        if isinstance(parent, ast.Call) and parent.func is node:
            self.found.add(f"{name}()")
        elif isinstance(parent, ast.Subscript) and parent.value is node:
            kind = type(parent.ctx)
            form = {ast.Load: "{}[...]", ast.Store: "{}[...] = ...", ast.Del: "del {}[...]"}
            self.found.add(form[kind].format(name))
        elif isinstance(parent, ast.Compare) and node in parent.comparators:
            if isinstance(parent.ops[0], (ast.In, ast.NotIn)):
                self.found.add(f"... in {name}")
        elif isinstance(node.ctx, ast.Store):
            self.found.add(f"{name} = ...")
        else:
            self.found.add(name)
        if isinstance(parent, ast.withitem) and name == "request.server.stash.lock":
            self.found.add("with stash.lock")

    def visit_FunctionDef(self, node):
        for decorator in node.decorator_list:
            self.found.add(f"@{self.dotted(decorator)}")
        self.generic_visit(node)

    def visit_Import(self, node):
        for alias in node.names:
            self.imported(alias.name)

    def visit_ImportFrom(self, node):
        self.imported(node.module)
        if any(alias.name in IMPORTERS for alias in node.names):
            self.found.add("import <by importlib>")

    def imported(self, module):
        self.found.add(f"import {module}")
        if (HANDLERS / module.partition(".")[0]).is_dir():
            self.found.add("import <of another folder>")
        if module.startswith("importlib"):
            self.found |= {"import importlib", "import <by importlib>"}

    def returns(self, main):
        forms = set()
        for node in ast.walk(main):
            if isinstance(node, ast.Return):
                forms.add(self.form(node.value))
        self.found |= {f"main: {form}" for form in forms or {"no return"}}

    @staticmethod
    def form(value):
        if value is None or isinstance(value, ast.Constant) and value.value is None:
            return "return None / no value"
        if isinstance(value, ast.Tuple):
            return f"tuple-{len(value.elts)}"
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
            return "helper call"
        return "single value"


def main():
    users = {}
    for path in sorted(HANDLERS.rglob("*.py")):
        name = str(path.relative_to(HANDLERS))
        if name not in BROKEN:
            for use in Uses(ast.parse(path.read_bytes())).found:
                users.setdefault(use, []).append(name)
    missing = 0
    for title, table in TABLES.items():
        for line in filter(None, table.splitlines()):
            if line not in users:
                missing += 1
                print(f"{title}: no handler has {line}")
            elif "--table" in sys.argv:
                print(f"{title}: {line}: {' '.join(users[line])}")
    total = sum(len(table.split("\n")) - 2 for table in TABLES.values())
    print(f"{total - missing} of {total} lines of the tables")
    sys.exit(bool(missing))


if __name__ == "__main__":
    main()
