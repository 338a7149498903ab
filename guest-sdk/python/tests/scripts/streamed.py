import time


def main(request, response):
    response.status = 203
    response.headers.set("Content-Type", "text/plain")
    response.headers.set("X-S", "1")
    response.write_status_headers()
    for n in range(3):
        if not response.writer.write("%d," % n):
            break
        time.sleep(0.01)
    response.writer.write_content(b"end")
    return "not sent"
