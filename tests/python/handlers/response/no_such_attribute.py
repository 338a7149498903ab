"""Sets what the response does not have: nothing happens."""


def main(request, response):
    response.status_code = 404
    response.body = b"not sent"
    response.headers.set("Access-Control-Allow-Origin", "*")
    response.content = b"sent"
