from wptserve.handlers import handler


@handler
def main(request, response):
    return 201, [("X-D", "1")], "decorated"
