"""Opens what is not there while it is loaded: as if the script were not there."""

import os

WORDS = open(os.path.join(os.path.dirname(__file__), "no such file.txt")).read()


def main(request, response):
    return WORDS
