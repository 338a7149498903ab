open("/nowhere/at/all")


def main(request, response):
    return "no"
