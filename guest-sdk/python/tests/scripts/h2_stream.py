def main(request, response):
    response.status = 404
    response.headers.set("A", "b")
    response.write_status_headers()
    response.writer.write_data("late", last=True)
