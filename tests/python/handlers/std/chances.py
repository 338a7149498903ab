"""Numbers by chance: fixed by a seed, or only their shape is told."""

import random
import re
import secrets
import uuid


def main(request, response):
    how = request.GET.first(b"how", b"shape")
    if how == b"seeded":
        random.seed(7)
        return repr([random.randint(1, 100), random.choice("abcdef"), round(random.random(), 6)])
    if how == b"own":
        source = random.Random(11)
        letters = list("abcdef")
        source.shuffle(letters)
        return "".join(letters) + " " + "".join(source.sample("uvwxyz", 3))
    if how == b"named":
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, "a.test")) + " " + str(uuid.UUID(int=1))
    if how == b"fresh":
        # Not the same twice, whoever runs it.
        token = request.GET.first(b"id")
        before = request.server.stash.take(token)
        now = (random.random(), random.getrandbits(64), str(uuid.uuid4()), secrets.token_hex(8))
        if before is None:
            request.server.stash.put(token, now)
            return "first"
        return repr([one != other for one, other in zip(before, now)])
    pattern = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    return repr(
        [
            0 <= random.random() < 1,
            random.randint(3, 3),
            random.choice(["only"]),
            bool(re.match(pattern + "$", str(uuid.uuid4()))),
            uuid.uuid4() != uuid.uuid4(),
            len(random.sample(range(10), 4)),
            len(secrets.token_bytes(5)),
        ]
    )
