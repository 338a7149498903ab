"""Imports from the root, as helpers of one folder use another's."""

from imports.loose_words import twice
from imports.shelf.words import greet, plain_answer


def main(request, response):
    name = request.GET.first(b"name", b"nobody").decode()
    return plain_answer(response, greet(twice(name)))
