def handle_data(frame, request, response):
    request.count = getattr(request, "count", 0) + len(frame.data)


def main(request, response):
    return (b"%d" % request.count for _ in range(3))
