"""main() takes nothing."""


def main():
    return "never"
