def main(request, response):
    return "hello"
