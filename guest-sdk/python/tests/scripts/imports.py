import importlib
import os

from helpers.shared import beside

shared = importlib.import_module("helpers.shared")


def main(request, response):
    with open(os.path.join(request.doc_root, "helpers", "data.txt"), "rb") as file:
        return repr([beside("data.txt"), file.read(), shared.beside("data.txt"),
                     sorted(os.listdir(os.path.join(os.path.dirname(__file__), "helpers")))[-1]])
