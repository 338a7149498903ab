"""Loads the module beside this file, whose name no import could say."""

import importlib.util
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def load(name):
    path = os.path.join(HERE, name)
    spec = importlib.util.spec_from_file_location("loaded_" + name.split(".")[0], path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(request, response):
    module = load("loose_words.py")
    return module.twice(module.__name__ + " ")
