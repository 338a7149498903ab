"""What `handle_headers` and `handle_data` are given: hyper-h2's events."""


class StreamEnded:
    """The stream has ended."""

    def __init__(self, stream_id):
        self.stream_id = stream_id


class RequestReceived:
    """The request's HEADERS, pseudo-header fields included."""

    def __init__(self, frame):
        self.stream_id = frame.stream_id
        self.headers = frame.headers
        self.stream_ended = StreamEnded(frame.stream_id) if frame.end_stream else None
        self.priority_updated = frame.priority

    def __repr__(self):
        return "<RequestReceived stream_id:%s, headers:%s>" % (self.stream_id, self.headers)


class DataReceived:
    """A DATA frame."""

    def __init__(self, frame):
        self.stream_id = frame.stream_id
        self.data = frame.data
        self.flow_controlled_length = frame.flow_controlled_length
        self.stream_ended = StreamEnded(frame.stream_id) if frame.end_stream else None

    def __repr__(self):
        return "<DataReceived stream_id:%s, flow_controlled_length:%s, data:%r>" % (
            self.stream_id, self.flow_controlled_length, self.data[:20])
