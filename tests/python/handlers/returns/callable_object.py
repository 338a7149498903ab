"""main need not be a function."""


class Counter:
    """Gives its numbers in words."""

    words = ("none", "one", "two", "three")

    def __call__(self, request, response):
        number = int(request.GET.first(b"n", b"0"))
        return self.words[number]


main = Counter()
