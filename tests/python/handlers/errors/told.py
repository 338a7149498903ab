"""Catches its own error, and tells it as its content."""

import traceback
from typing import List


def lines(text: str) -> List[str]:
    return [line.strip() for line in text.splitlines() if not line.strip().startswith(("File", "^", "~"))]


def main(request, response):
    try:
        raise LookupError("told")
    except LookupError:
        response.status = (500, "Told")
        response.content = "\n".join(lines(traceback.format_exc()))
