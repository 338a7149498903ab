"""Has no main()."""


def helper(request, response):
    return "never called"
