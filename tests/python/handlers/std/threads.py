"""A second thread that writes the rest of the content."""

import threading


def main(request, response):
    done = []
    thread = threading.Thread(target=lambda: done.append("by another thread"))
    thread.start()
    thread.join()
    return done
