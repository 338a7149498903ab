"""What scripts write on HTTP/2, and the hooks for frames.

    PYTHONPATH=BINDINGS:. python -m unittest discover -s tests
"""

import unittest

import fake_host
from componentize_py_types import Err
from host_runtime.script import Script
from wit_world.imports import frames, types, writer


class Request(fake_host.Request):
    def __init__(self, method="GET"):
        super().__init__(method, "/x.py", [], b"", ("127.0.0.1", 1))

    def protocol(self):
        return types.Protocol.HTTP2

    def stream_id(self):
        return 3

    def body(self):
        raise Err(types.BodyError_Taken())


class Writer(writer.Writer):
    """Keeps the calls; those in `refused` are refused."""

    def __init__(self, refused=()):
        self.calls, self.refused = [], refused

    def _call(self, name, *arguments):
        if name in self.refused:
            raise Err(self.refused[name])
        self.calls.append((name, *arguments))
        return 2


def _record(name):
    return lambda self, *arguments: self._call(name, *arguments)


for _name in ("write_headers", "write_data", "write_data_frame", "write_trailers",
              "end_stream", "write_push", "write_raw_header_frame", "flush",
              "write_raw_continuation_frame", "write_raw_data_frame", "write_raw_bytes",
              "write_raw_frame", "reset_stream", "ping", "settings", "goaway", "close",
              "reset", "window_update", "priority", "set_padding", "set_header_coding",
              "set_header_table_size", "encode_headers", "peer"):
    setattr(Writer, _name, _record(_name))


class Response(fake_host.Response):
    def __init__(self, refused=(), method="GET"):
        super().__init__(method == "HEAD")
        self._writer = Writer(refused)

    def set_watch(self, duration):
        self.watch = duration

    def write_status_headers(self):
        self._writer.calls.append(("status_headers", self.code, self.fields))


NOT_GRANTED = {"write_raw_header_frame": types.WriteError_NotGranted("say raw = true")}


def run(body, refused=(), method="GET"):
    """What a `main` of these lines writes."""
    source = "def main(request, response):\n    w = response.writer\n"
    source += "".join("    %s\n" % line for line in body.splitlines())
    request, response = Request(method), Response(refused, method)
    Script("/x.py", source.encode(), request).main(request, response)
    return response


class Writes(unittest.TestCase):
    def calls(self, body, **how):
        return run(body, **how).writer().calls

    def test_fields_are_text_bytes_or_numbers(self):
        calls = self.calls('w.write_headers([("a", "\\u00e9"), (b"b", b"1"), ("c", 2)], 203)')
        fields = [(b"a", "é".encode()), (b"b", b"1"), (b"c", b"2")]
        self.assertEqual(calls, [("write_headers", fields, 203, None, None, False)])

    def test_a_head_for_head_ends_the_stream(self):
        calls = self.calls("w.write_headers([], 200)", method="HEAD")
        self.assertTrue(calls[0][-1])

    def test_content(self):
        calls = self.calls(
            'import io\nw.write_data("a")\nw.write_data(io.BytesIO(b"b"), stream_id=5)\n'
            'w.write_data_frame(b"c", True)')
        self.assertEqual(calls, [("write_data", b"a", False, None),
                                 ("write_data", b"b", False, 5),
                                 ("write_data_frame", b"c", True, None)])

    def test_an_interim_head_needs_no_grant(self):
        calls = self.calls('w.write_raw_header_frame([(":status", "103"), ("a", "b")],'
                           ' end_headers=True)', refused=NOT_GRANTED)
        self.assertEqual(calls, [("write_headers", [(b"a", b"b")], 103, None, None, False)])

    def test_trailers_need_no_grant(self):
        calls = self.calls('response.write_status_headers()\nw.write_raw_header_frame('
                           '[("a", "b")], end_stream=True, end_headers=True)',
                           refused=NOT_GRANTED)
        self.assertEqual(calls[1], ("write_trailers", [(b"a", b"b")], None))

    def test_with_a_grant_nothing_is_put_in_order(self):
        raw = 'w.write_raw_header_frame([("X-Up", "1"), (":status", "103")], end_headers=True)'
        fields = [(b"X-Up", b"1"), (b":status", b"103")]
        self.assertEqual(self.calls(raw),
                         [("write_raw_header_frame", fields, None, False, True)])

    def test_without_a_grant_nothing_is_put_in_order_either(self):
        for fields in ('("X-Up", "1"), (":status", "103")', '(":status", "103"), ("A", "b")',
                       '(":status", "103"), (":x", "b")', '(":status", "200")'):
            with self.assertRaises(Err):
                run("w.write_raw_header_frame([%s], end_headers=True)" % fields,
                    refused=NOT_GRANTED)

    def test_raw_frames(self):
        calls = self.calls(
            'w.write_raw_header_frame([("a", "b")], stream_id=7)\n'
            'w.write_raw_continuation_frame([("c", "d")], end_headers=True)\n'
            'w.write_raw_data_frame("e", end_stream=True)\nw.write_raw(b"f")')
        self.assertEqual(calls, [
            ("write_raw_header_frame", [(b"a", b"b")], 7, False, False),
            ("write_raw_continuation_frame", [(b"c", b"d")], None, True),
            ("write_raw_data_frame", b"e", None, True), ("write_raw_bytes", b"f")])

    def test_what_wptserve_lacks(self):
        calls = self.calls(
            'w.ping("pingpong")\nw.settings([(4, 9)])\nw.window_update(5)\n'
            'w.priority(0, 15)\nw.set_padding(3)\nw.set_header_coding("never")\n'
            'w.set_header_table_size(0)\nw.encode_headers([("a", 1)])\nw.peer()\n'
            'w.goaway()\nw.write_raw_frame(10, 0, 0, "x")\nw.flush()\nreturn "text"')
        self.assertEqual(calls, [
            ("ping", b"pingpong"), ("settings", [(4, 9)]), ("window_update", 5, None),
            ("priority", frames.Priority(0, 15, False), None), ("set_padding", 3),
            ("set_header_coding", writer.Indexing.NEVER, writer.Huffman.AUTOMATIC),
            ("set_header_table_size", 0), ("encode_headers", [(b"a", b"1")]),
            ("peer", None), ("goaway", None, 0, b""), ("write_raw_frame", 10, 0, 0, b"x"),
            ("flush",)])

    def test_what_is_written_beside_the_answer_leaves_it(self):
        response = run('w.ping("pingpong")\nw.write_raw_frame(10, 0, 0)\nreturn "text"')
        self.assertEqual(response.answer()[3], b"text")
        response = run('w.write_raw_frame(0, 1, 3, "own")\nassert w.stream_ended\n'
                       'return "text"')
        self.assertEqual(response.answer()[3], b"")

    def test_the_first_content_brings_the_head(self):
        response = run('response.status = 201\nw.write_data("a", last=True)')
        self.assertEqual(response.code, 201)

    def test_trailers_and_ends(self):
        calls = self.calls('w.write_data("a")\nw.write_trailers([("b", "c")])\n'
                           'assert w.stream_ended\nw.reset_stream(8, 2)\nw.close()\nw.reset()')
        self.assertEqual(calls[1:], [("write_trailers", [(b"b", b"c")], None),
                                     ("reset_stream", 8, 2), ("close",), ("reset",)])

    def test_push(self):
        calls = self.calls('n = w.write_push([(":path", "/")], status=200, '
                           'response_headers=[("a", "b")], response_data="c")\n'
                           'w.write_data(str(n), stream_id=n)')
        self.assertEqual(calls[0], ("write_push", [(b":path", b"/")], None, 200,
                                    [(b"a", b"b")], b"c"))
        self.assertEqual(calls[1], ("write_data", b"2", False, 2))

    def test_a_client_that_left_ends_the_script_quietly(self):
        refused = {"write_data": types.WriteError_Gone()}
        self.assertEqual(self.calls('w.write_data("a")', refused=refused), [])

    def test_a_refusal_is_an_error_with_its_reason(self):
        refused = {"write_raw_bytes": types.WriteError_NotGranted("say raw = true")}
        with self.assertRaises(Err) as caught:
            run('w.write_raw(b"x")', refused=refused)
        self.assertEqual(caught.exception.value.status, 500)
        self.assertIn("say raw = true", caught.exception.value.message)

    def test_what_is_written_stands_for_what_is_returned(self):
        response = run('w.write_data("a", last=True)\nreturn "b"')
        self.assertEqual(response.answer()[3], b"")

    def test_an_error_shows_the_scripts_own_lines(self):
        with self.assertRaises(Err) as caught:
            run("x = 1\nreturn x / 0  # here")
        message = caught.exception.value.message
        self.assertIn('File "/x.py", line 4, in main', message)
        self.assertIn("return x / 0  # here", message)
        self.assertNotIn("handlers.py", message)


class Hooks(unittest.TestCase):
    SOURCE = b"""
def handle_headers(frame, request, response):
    request.seen = [frame.headers, frame.stream_ended is None, request.frames[:]]

def handle_data(frame, request, response):
    request.seen.append((frame.data, frame.stream_ended is None, len(request.frames)))

def main(request, response):
    request.seen.append(request.body)
    response.content = repr(request.seen)
"""

    def test_they_share_request_and_response(self):
        request, response = Request("POST"), Response()
        script = Script("/x.py", self.SOURCE, request)
        self.assertTrue(script.has("handle_headers") and script.has("handle_data"))
        head = frames.HeadersFrame(3, 4, [(b":path", b"/")], False, None, None)
        script.handle_headers(head, request, response)
        script.handle_data(frames.DataFrame(3, 0, b"a", False, None, 1), request, response)
        script.handle_data(frames.DataFrame(3, 1, b"", True, None, 0), request, response)
        script.main(request, response)
        seen = [[(b":path", b"/")], True, [], (b"a", True, 1), (b"", False, 1), b""]
        self.assertEqual(response.answer()[3].decode(), repr(seen))

    def test_they_are_for_http2(self):
        request = fake_host.Request("POST", "/x.py", [], b"", ("127.0.0.1", 1))
        script = Script("/x.py", self.SOURCE, request)
        self.assertFalse(script.has("handle_headers") or script.has("handle_data"))

    WATCHING = b"""
def handle_trailers(frame, request, response):
    request.seen = [frame.headers]

def main(request, response):
    response.set_watch(1.5)
    return "at first"

def handle_frame(frame, request, response):
    request.seen.append((frame.type, frame.payload))
    response.content = repr(request.seen)

def handle_reset(code, request, response):
    request.seen.append(code)

def handle_close(closing, request, response):
    request.seen.append(closing and closing.error_code)
    response.content = repr(request.seen)
"""

    def test_those_that_watch(self):
        request, response = Request("POST"), Response()
        script = Script("/x.py", self.WATCHING, request)
        trailers = frames.HeadersFrame(3, 5, [(b"a", b"b")], True, None, None)
        script.handle_trailers(trailers, request, response)
        script.main(request, response)
        self.assertEqual(response.watch, 1_500_000_000)
        self.assertEqual(response.answer()[3], b"at first")
        script.handle_frame(frames.ControlFrame(6, 0, 0, b"pingpong"), request, response)
        self.assertEqual(response.answer()[3], b"[[(b'a', b'b')], (6, b'pingpong')]")
        script.handle_reset(8, request, response)
        goaway = frames.Closing_Goaway(frames.Goaway(1, 11, b""))
        script.handle_close(goaway, request, response)
        script.handle_close(frames.Closing_Eof(), request, response)
        self.assertTrue(response.answer()[3].endswith(b", 8, 11, None]"))

    def test_those_that_wptserve_lacks_are_for_both_protocols(self):
        request = fake_host.Request("POST", "/x.py", [], b"", ("127.0.0.1", 1))
        script = Script("/x.py", self.WATCHING, request)
        self.assertTrue(script.has("handle_trailers") and script.has("handle_close"))

    def test_main_may_be_missing(self):
        source = b"def handle_headers(frame, request, response): pass"
        request, response = Request(), Response()
        Script("/x.py", source, request).main(request, response)
        self.assertEqual(response.answer()[0], 200)
        with self.assertRaises(Err):
            Script("/x.py", source, fake_host.Request("GET", "/", [], b"", ("", 1)))

    def test_a_script_without_functions_is_an_error(self):
        with self.assertRaises(Err) as caught:
            Script("/x.py", b"x = 1", Request())
        self.assertIn("No main function or handlers in script /x.py",
                      caught.exception.value.message)

    def test_a_pipe_of_the_script_works_on_the_answer(self):
        source = b"""
from wptserve.pipes import pipe, resolve_content

@pipe(int)
def times(request, response, n):
    response.content = resolve_content(response) * n
    response.headers.set("x-times", n)
    return response

def main(request, response):
    pass
"""
        request, response = Request(), Response()
        response.set_content(b"ab")
        response.status = lambda: (203, None)
        response.headers = lambda: [(b"a", b"b")]
        response.content = lambda: response.data
        script = Script("/x.py", source, request)
        self.assertFalse(script.handle_pipe("other", [], request, response))
        self.assertTrue(script.handle_pipe("times", ["2"], request, response))
        self.assertEqual(response.answer(), (203, None, [("a", "b"), ("x-times", "2")], b"abab"))


if __name__ == "__main__":
    unittest.main()
