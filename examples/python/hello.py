"""`/hello.py`: the smallest handler, a script that is served as it is.

What `main` returns is the answer: here header fields and content. Edit it, and the next
request runs what it is then.
"""


def main(request, response):
    return [("Content-Type", "text/plain")], "Hello, world!\n"
