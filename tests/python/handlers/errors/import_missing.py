"""Imports what is not there."""

import no_such_module_of_anybody


def main(request, response):
    return no_such_module_of_anybody.__name__
