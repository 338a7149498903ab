from wptserve.pipes import boolean, nullable, opt, pipe


@pipe(int, opt(nullable(str)), opt(boolean))
def tripled(request, response, times, text, flag=False):
    return response


def main(request, response):
    return "pipes"
