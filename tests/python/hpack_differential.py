"""Random field lists, encoded by python's hpack in every way it has, must
arrive at the handler as they were; and what host encodes must be decoded."""

import json
import random
import string

from hpack import Encoder
from hpack.struct import HeaderTuple, NeverIndexedHeaderTuple

from session import Session, expect, port

LISTS = 400
NAMES = string.ascii_lowercase + string.digits + "-_."
VALUES = string.ascii_letters + string.digits + string.punctuation + " "


def text(chance, alphabet, longest):
    return "".join(chance.choices(alphabet, k=chance.randint(1, longest)))


def fields_of(chance, known):
    """Some fields: new ones, and ones seen before, which are in the table."""
    fields = []
    for _ in range(chance.randint(0, 12)):
        if known and chance.random() < 0.5:
            name, value = chance.choice(known)
            if chance.random() < 0.3:
                value = text(chance, VALUES, 40).strip()
        else:
            name = "x-" + text(chance, NAMES, 20)
            longest = 3000 if chance.random() < 0.03 else 60
            value = text(chance, VALUES, longest).strip()
        fields.append((name, value))
        known.append((name, value))
    return fields


def main():
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # Shown when the test fails.
    chance = random.Random(seed)
    session = Session(port())
    encoder = session.h2.encoder
    assert isinstance(encoder, Encoder)
    known = []
    for _ in range(LISTS):
        if chance.random() < 0.1:
            encoder.header_table_size = chance.randint(0, 4096)
        fields = fields_of(chance, known)
        sent = [
            NeverIndexedHeaderTuple(*field) if chance.random() < 0.1 else HeaderTuple(*field)
            for field in fields
        ]
        stream = session.request("/echo", *sent, method="GET", end=True)
        expect(session.response(stream)[":status"], "200")
        echoed = json.loads(session.body(stream))
        got = [(name, value) for name, value in echoed["headers"] if name.startswith("x-")]
        expect(got, fields)


if __name__ == "__main__":
    main()
