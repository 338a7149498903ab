"""What the hooks are given: hyper-h2's events, and frames where it has none."""


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


class TrailersReceived:
    """The request's trailer fields."""

    def __init__(self, frame):
        self.stream_id = frame.stream_id
        self.headers = frame.headers
        self.stream_ended = StreamEnded(frame.stream_id)

    def __repr__(self):
        return "<TrailersReceived stream_id:%s, headers:%s>" % (self.stream_id, self.headers)


class ControlFrame:
    """A frame beside the request, as it came: its numbers and its payload."""

    def __init__(self, frame):
        self.type = frame.type
        self.flags = frame.flags
        self.stream_id = frame.stream_id
        self.payload = frame.payload

    def __repr__(self):
        return "<ControlFrame type:%d, flags:%d, stream_id:%d, payload:%r>" % (
            self.type, self.flags, self.stream_id, self.payload[:20])


class ConnectionTerminated:
    """A GOAWAY frame: the connection goes on for now."""

    def __init__(self, goaway):
        self.last_stream_id = goaway.last_stream_id
        self.error_code = goaway.code
        self.additional_data = goaway.debug

    def __repr__(self):
        return "<ConnectionTerminated error_code:%s, last_stream_id:%s>" % (
            self.error_code, self.last_stream_id)
