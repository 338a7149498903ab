"""JSON, classes and types, as larger helpers have them."""

import copy
import dataclasses
import enum
import functools
import itertools
import json
import math
import typing
from collections import Counter, OrderedDict, defaultdict, namedtuple
from typing import Dict, Optional


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


@dataclasses.dataclass
class Point:
    x: int
    y: int = 0
    name: Optional[str] = None


Pair = namedtuple("Pair", "left right")


@functools.lru_cache(maxsize=None)
def fibonacci(n: int) -> int:
    return n if n < 2 else fibonacci(n - 1) + fibonacci(n - 2)


def counted(text: str) -> Dict[str, int]:
    return OrderedDict(sorted(Counter(text).items()))


def main(request, response):
    groups: typing.DefaultDict[int, list] = defaultdict(list)
    for number in range(6):
        groups[number % 3].append(number)
    asked = json.loads(request.GET.first(b"json", b'{"a": [1, null, "\\u00e9"]}'))
    said = OrderedDict(
        colour=Colour(2).name,
        point=dataclasses.asdict(copy.deepcopy(Point(1, name="p"))),
        pair=Pair(1, 2)._asdict(),
        fibonacci=fibonacci(50),
        counted=counted("banana"),
        groups=groups,
        chain=list(itertools.islice(itertools.chain([1], itertools.count(5)), 3)),
        maths=[math.floor(2.7), math.gcd(12, 18), math.isclose(0.1 + 0.2, 0.3), round(math.pi, 4)],
        asked=asked,
    )
    response.headers.set(b"Content-Type", b"application/json")
    return json.dumps(said, indent=2, ensure_ascii=b"ascii" in request.GET)
