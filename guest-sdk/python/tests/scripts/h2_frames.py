def main(request, response):
    response.status = (201, "no")
    response.headers.set("X-Case", "V")
    response.headers.append("content-type", "text/plain")
    response.writer.write_headers(response.headers, 201)
    response.writer.write_data("x" * 40000)
    response.writer.write_data("")
    response.writer.end_stream()
