"""A module that belongs to no package."""


def twice(word):
    return word * 2


def main(request, response):
    # A helper may be a handler too.
    return twice("loose ")
