"""`/by_hand.py`: an answer whose every byte, or every frame, is the script's own.

On HTTP/1 these are a status line with a reason nobody has registered, a field in an odd
case, and the content. On HTTP/2 they are a header block in two frames, content around a
frame of a type that HTTP/2 does not know, and the end of the stream.
"""

UNKNOWN = 0xFA


def main(request, response):
    writer = response.writer
    if request.protocol_version.startswith("HTTP/1"):
        response.add_required_headers = False
        writer.write_status(299, "By Hand")
        writer.write_header("X-oDD-cASE", "kept")
        writer.write_header("Content-Length", "8")
        writer.end_headers()
        writer.write_raw_content("by ")
        writer.write("hand\n")
        return
    writer.write_raw_header_frame([(":status", "299")])
    writer.write_raw_continuation_frame([("X-oDD-cASE", "kept")], end_headers=True)
    writer.write_raw_data_frame("by ")
    writer.write_raw_frame(UNKNOWN, 0x5, request.h2_stream_id, "odd")
    writer.write_raw_data_frame("hand\n", end_stream=True)
