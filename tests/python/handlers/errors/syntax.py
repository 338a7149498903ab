"""Python cannot read this."""


def main(request, response):
    return "never"
  oops = 1
