"""Has a main that cannot be called."""

main = None
