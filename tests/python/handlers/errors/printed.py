"""Prints and logs, which is for the server's log and not for the client."""

import logging
import sys


def main(request, response):
    print("printed for the log")
    print("printed as an error", file=sys.stderr)
    sys.stdout.flush()
    logging.getLogger("handlers").warning("logged")
    response.logger.info("by the response")
    return "quiet"
