"""hyper-h2 changes its settings at random between requests, and must find every
head and body that host sends it in order: table sizes down to nothing and up,
frames of 16 KiB to 1 MiB, windows from nothing to large, heads of many sizes."""

import random

import h2.events
from h2.settings import SettingCodes

from hpack_differential import fields_of
from session import Session, expect, port

ROUNDS = 300


def random_settings(chance):
    """Some of the settings that a client may change at any time."""
    choices = {
        SettingCodes.HEADER_TABLE_SIZE: lambda: chance.choice(
            [0, 1, 100, chance.randint(0, 4096), 4096, 65536]
        ),
        SettingCodes.MAX_FRAME_SIZE: lambda: chance.choice([16384, 20000, 1 << 20]),
        SettingCodes.INITIAL_WINDOW_SIZE: lambda: chance.choice(
            [100, 1000, 65535, 1 << 20]
        ),
    }
    some = chance.sample(sorted(choices), chance.randint(1, len(choices)))
    return {code: choices[code]() for code in some}


def main():
    seed = random.SystemRandom().getrandbits(32)
    print(f"seed {seed}")  # Shown when the test fails.
    chance = random.Random(seed)
    session = Session(port())
    known = []
    for _ in range(ROUNDS):
        if chance.random() < 0.4:
            session.h2.update_settings(random_settings(chance))
            session.flush()
            # hyper-h2 looks at what comes with the acknowledgement by its old
            # settings.
            session.next(h2.events.SettingsAcknowledged)
        fields = fields_of(chance, known)
        size = chance.choice([0, 1, 2000, 70_000])
        path = f"/mirror?bytes={size}"
        stream = session.request(path, *fields, method="GET", end=True)
        head = session.head(stream)
        expect([field for field in head if field[0].startswith("x-")], fields)
        expect(session.body(stream), b"m" * size)


if __name__ == "__main__":
    main()
