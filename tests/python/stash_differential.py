"""The same operations on a stash: wptserve 4.0.3's, and that of another server.

    python3 tests/python/stash_differential.py COMMAND [ARGUMENT...]

COMMAND serves the handler of tests/guests/stasher at /stasher on 127.0.0.1 and
prints a line that says its port. What comes of each operation is compared. A
difference is a row of docs/compat.md, which is named here by the beginning of
its first column, or it is printed and the exit code is 1.
"""

import http.client
import pathlib
import random
import re
import subprocess
import sys
import uuid
from urllib.parse import quote

from wptserve.stash import Stash, StashError, StashServer, load_env_config

COMPAT = pathlib.Path(__file__).resolve().parents[2] / "docs" / "compat.md"
PATH = "/stasher"
UUIDS = [str(uuid.UUID(int=n * 0x0123456789ABCDEF0123456789ABCDEF % 2**128)) for n in (1, 7, 11)]
SPELLINGS = 1500


class Theirs:
    """wptserve's stash, as a handler at PATH has it."""

    def __init__(self):
        self.server = StashServer()
        self.server.__enter__()
        self.stash = Stash(PATH, *load_env_config())
        self.queues = {}

    def do(self, name, key, value=None, path=None):
        try:
            if name == "put":
                self.stash.put(key, value, path)
                return "ok"
            if name == "take":
                taken = self.stash.take(key, path)
                return "none" if taken is None else ("some", taken)
        except StashError:
            return "occupied"
        except ValueError:
            return "invalid-key"
        # Its queues have no names: handlers hand them to each other.
        name_of_queue = uuid.UUID(key), PATH if path is None else path
        if name_of_queue not in self.queues:
            self.queues[name_of_queue] = self.stash.get_queue()
        queue = self.queues[name_of_queue]
        if name == "send":
            queue.put(value)
            return "ok"
        return "none" if queue.empty() else ("some", queue.get())


class Ours:
    """The other server's, by its handler."""

    def __init__(self, command):
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        port = next(
            int(found[1])
            for line in self.server.stdout
            if (found := re.search(r"127\.0\.0\.1:(\d+)", line))
        )
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def do(self, name, key, value=None, path=None):
        target = f"{PATH}?do={name}&key={quote(key)}"
        if value is not None:
            target += f"&value={quote(value)}"
        if path is not None:
            target += f"&path={quote(path)}"
        self.connection.request("GET", target)
        said = self.connection.getresponse().read()
        if said.startswith(b"some "):
            return "some", said[5:]
        for start, short in (
            (b"StashError::Occupied(", "occupied"),
            (b"StashError::InvalidKey(", "invalid-key"),
        ):
            if said.startswith(start):
                return short
        return said.decode()


def operations(rng):
    """A long run of operations that meet each other's keys."""
    for _ in range(SPELLINGS):
        name = rng.choice(["put", "put", "take", "take", "send", "receive"])
        key = rng.choice(UUIDS)
        value = rng.choice([b"", b"0", b"\0", b"\xff", b"x" * 1000])
        path = rng.choice([None, None, PATH, "", "/other", "/o ther?x", PATH + "/"])
        yield name, key, value if name in ("put", "send") else None, path


def spellings(rng):
    """UUIDs as people write them, and as nobody would."""
    plain = UUIDS[1]
    forms = [plain, plain.upper(), plain.replace("-", ""), "{" + plain + "}"]
    forms += ["urn:uuid:" + plain, "uuid:" + plain, "{urn:uuid:" + plain.replace("-", "") + "}"]
    bare = plain.replace("-", "")
    forms += ["0x" + bare[2:], "0X_" + bare[3:], "+" + bare[1:], " " + bare[1:], bare[1:] + "\n"]
    yield from forms
    yield from ("", "-", "{}", "urn:uuid:", "0" * 32, "f" * 32, "0x" * 16, "_" * 32, " " * 32)
    alphabet = "{}-_+ xX0aFg\t\n:"
    for _ in range(SPELLINGS):
        text = rng.choice(forms)
        for _ in range(rng.randint(1, 3)):
            at = rng.randint(0, len(text))
            change = rng.choice(["insert", "replace", "delete", "swap-case", "prefix"])
            if change == "insert":
                text = text[:at] + rng.choice(alphabet) + text[at:]
            elif change == "replace":
                text = text[:at] + rng.choice(alphabet) + text[at + 1 :]
            elif change == "delete":
                text = text[:at] + text[at + 1 :]
            elif change == "swap-case":
                text = text.swapcase()
            else:
                text = text[:at] + rng.choice(["urn:", "uuid:", "0x"]) + text[at:]
        yield text
    # Digits of another script, which `int()` reads as well.
    yield "\uff11" + bare[1:]


def compare(theirs, ours, rows):
    """Every difference that no row explains."""
    rng = random.Random(11)
    for operation in operations(rng):
        seen = [side.do(*operation) for side in (theirs, ours)]
        if seen[0] != seen[1]:
            yield operation, *seen

    for text in spellings(rng):
        # Put under the spelling, taken under the usual one.
        path = "/spellings"
        seen = []
        for side in (theirs, ours):
            put = side.do("put", text, b"x", path)
            if put == "ok":
                put = side.do("take", str(uuid.UUID(text)), None, path)
            seen.append(put)
        if seen[0] != seen[1]:
            if not text.isascii() and seen[1] == "invalid-key":
                rows.add("Keys with digits that are not ASCII")
            else:
                yield text, *seen


def main():
    theirs, ours = Theirs(), Ours(sys.argv[1:])
    rows = set()
    try:
        differences = list(compare(theirs, ours, rows))
    finally:
        ours.server.terminate()
        ours.server.wait()
        theirs.server.__exit__(None, None, None)
    for difference in differences:
        print(*map(repr, difference), sep="\n  ")
    known = COMPAT.read_text()
    missing = [row for row in rows if f"\n| {row}" not in known]
    print("no row of docs/compat.md:", missing) if missing else None
    sys.exit(bool(differences or missing))


if __name__ == "__main__":
    main()
