"""The handlers of tests/python/handlers, run by wptserve 4.0.3 and by another server.

    python3 tests/python/handlers_differential.py --self [--about TEXT]
    python3 tests/python/handlers_differential.py --host HOST [--state DIR] [--brief]
    python3 tests/python/handlers_differential.py URL... [--about TEXT]

Each case goes to both. A difference is a row of docs/compat.md, or it is printed and
the exit code is 1. HOST is host's binary, which is started; any other server that has
tests/python/handlers as its folder is named by its URLs, http://127.0.0.1:PORT for
HTTP/1 and https://127.0.0.1:PORT for HTTP/2. With `--self` a second wptserve is asked
instead, and every difference is a mistake of ours: a handler that is not the same
twice proves nothing. TEXT is a part of a script's name. DIR is where HOST keeps what
it compiled. With `--brief` a script is asked a few of its cases, which takes a minute
and not five.
"""

import argparse
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

from corpus import about_http2, about_python, about_request, about_response, about_state
from corpus.explain import alike, explain, unknown
from corpus.play import play
from corpus.servers import HANDLERS, Host, Wptserve, reached

TABLES = (about_request, about_response, about_state, about_python, about_http2)


def cases(about):
    for table in TABLES:
        for case in table.cases():
            if about in case.script:
                yield case


def without_a_request():
    """Scripts with a main() or a hook that no case asks for."""
    asked = {ask.path.partition("?")[0] for c in cases("") for ask in (*c.asks, *c.together)}
    scripts = {f"/{path.relative_to(HANDLERS)}" for path in HANDLERS.rglob("*.py")}
    helpers = {"/imports/shelf/__init__.py", "/imports/shelf/words.py"}
    return sorted(scripts - asked - helpers)


# Cases at a time: most of what each does is to wait for a server.
AT_A_TIME = 8

# Cases of a script on a protocol with `--brief`.
FEW = 3


def few(asked):
    """Some cases of each script on each protocol, from its first to its last."""
    of_script = {}
    for case, protocol in asked:
        of_script.setdefault((case.script, protocol), []).append((case, protocol))
    return [one for some in of_script.values() for one in some[:: -(-len(some) // FEW)]]


def compare(asked, theirs, ours, itself):
    """Prints what differs; gives the numbers of cases, requests and mistakes."""

    def ask(asked):
        case, protocol = asked
        return play(case, protocol, theirs, False), play(case, protocol, ours, not itself)

    requests, wrong, used = 0, 0, set()
    with ThreadPoolExecutor(AT_A_TIME) as pool:
        for (case, protocol), pair in zip(asked, pool.map(ask, asked), strict=True):
            requests += len(pair[0])
            if itself:
                rows = [] if alike(protocol, *pair) else [None]
            else:
                rows = explain(case, protocol, *pair)
            used.update(row for row in rows if row is not None)
            if None in rows:
                wrong += 1
                print(f"{protocol} {case}\n  row: {case.explained(protocol)}")
                for name, answers in zip(("wptserve", "other"), pair):
                    print(*(f"  {name}: {answer}" for answer in answers), sep="\n", flush=True)
    for row in unknown(used):
        wrong += 1
        print(f"docs/compat.md has no row that begins with {row!r}")
    return len(asked), requests, wrong, used


def main():
    arguments = argparse.ArgumentParser(usage=__doc__)
    arguments.add_argument("urls", nargs="*")
    arguments.add_argument("--self", action="store_true", dest="itself")
    arguments.add_argument("--about", default="")
    arguments.add_argument("--host")
    arguments.add_argument("--state")
    arguments.add_argument("--brief", action="store_true")
    options = arguments.parse_args()
    if [options.itself, bool(options.urls), bool(options.host)].count(True) != 1:
        arguments.error("either --self, --host or the URLs of a server")
    for script in without_a_request():
        sys.exit(f"no case asks for {script}")

    def asked(ours):
        every = [(c, on) for c in cases(options.about) for on in c.on if on in ours]
        return few(every) if options.brief else every

    with tempfile.TemporaryDirectory() as state, Wptserve(state) as first:
        if options.itself:
            with Wptserve(state) as second:
                numbers = compare(asked(second.ports), first.ports, second.ports, True)
        elif options.host:
            with Host(options.host, options.state or state) as host:
                numbers = compare(asked(host.ports), first.ports, host.ports, False)
        else:
            ports = reached(options.urls)
            numbers = compare(asked(ports), first.ports, ports, False)
    compared, requests, wrong, used = numbers
    print(f"{compared} cases, {requests} requests, {wrong} wrong, {len(used)} rows used")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
