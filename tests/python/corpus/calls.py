"""What handlers use of wptserve and of Python, by the tables of the inventory.

The tables of real handlers, without those of websockets and WebTransport, whose
scripts are no handlers of requests; and `REST`, what wptserve offers besides.
"""

REQUEST = """
request.GET.first()
... in request.GET
request.GET[...]
request.method
request.headers.get()
... in request.headers
request.url_parts.query
request.body
request.headers[...]
request.doc_root
request.url
request.POST.first()
request.POST[...]
request.headers
request.headers.items()
request.url_parts.path.split()
request.GET.get()
request.auth.username
request.POST.items()
... in request.POST
request.GET.items()
request.auth.password
request.cookies.get_list()
request.url_parts.netloc
request.url_parts.scheme
... in request.cookies
request.GET.get_list()
request.client_address
request.cookies
request.cookies[...]
request.headers.get_list()
request.headers.keys()
request.url.split()
request.url_parts.path
request.url_parts.port
request.server.stash.take()
request.server.stash.put()
request.server.stash
request.server.stash.lock
request.server.config[...]
"""

RESPONSE = """
response.headers.set()
response.status = ...
response.write_status_headers()
response.headers[...] = ...
response.content = ...
response.close_connection = ...
response.add_required_headers = ...
response.set_error()
response.headers.append()
response.headers.update()
response.headers = ...
response.status_code = ...
response.write()
response.writer.write_data()
response.writer.write_raw_header_frame()
response.writer.write()
response.writer.write_content()
response.writer.write_header()
response.writer.end_headers()
response.writer.write_status()
frame.data
"""

ENTRY_POINTS = """
def main
def handle_headers
def handle_data
"""

OTHER = """
isomorphic_decode()
isomorphic_encode()
time.sleep()
os.path.join()
open()
json.dumps()
__file__
json.loads()
with stash.lock
re.search()
time.time()
sleep()
hashlib.md5()
random.choice()
random.randint()
random.random()
"""

RETURNS = """
main: no return
main: tuple-3
main: single value
main: tuple-2
main: helper call
main: return None / no value
"""

IMPORTS = """
import wptserve.utils
import time
import os
import json
import urllib.parse
import <of another folder>
import urllib
import <by importlib>
import importlib
import random
import re
import base64
import datetime
import io
import sys
import wptserve
import array
import gzip
import hashlib
import html
import logging
import math
import mimetypes
import queue
import string
import struct
import threading
import traceback
import typing
import uuid
import wptserve.handlers
import wptserve.pipes
import wptserve.ranges
"""

# Of the tables' imports these are left out: `mod_pywebsocket` and `pywebsocket3` are of
# websockets, `tools.wpt.utils` is a checkout's own, and `cookies.resources` a folder of
# handlers there, as `imports` is here.

REST = """
request.GET.last()
request.GET.keys()
request.POST.get()
request.POST.get_list()
request.cookies.first()
request.cookies.get()
request.cookies.items()
request.headers.iteritems()
request.raw_headers.items()
request.raw_input
request.raw_input.read()
request.raw_input.readline()
request.raw_input.readlines()
request.raw_input.seek()
request.raw_input.tell()
request.raw_input.length
request.route_match
request.url_base
request.request_line
request.request_path
request.protocol_version
request.url_parts
request.url_parts.hostname
request.frames
request.h2_stream_id
request.server.config
request.server.stash.get_queue()
request.server.stash.lock.acquire()
request.server.stash.lock.release()
response.headers.get()
response.headers.items()
response.headers[...]
del response.headers[...]
... in response.headers
response.status
response.encoding = ...
response.send_body_for_head_request = ...
response.set_cookie()
response.unset_cookie()
response.delete_cookie()
response.write_content()
response.iter_content()
response.content
response.logger.info()
response.writer.write_raw_content()
response.writer.content_written
response.writer.file_chunk_size
response.writer.default_status
response.writer.encode()
response.writer.write_headers()
response.writer.write_data_frame()
response.writer.write_raw_data_frame()
response.writer.write_raw_continuation_frame()
response.writer.write_push()
response.writer.end_stream()
response.writer.get_max_payload_size()
response.writer.stream_ended
frame.headers
frame.stream_ended
HTTPException()
@handler
@json_handler
"""

TABLES = {
    "request": REQUEST,
    "response": RESPONSE,
    "entry points": ENTRY_POINTS,
    "other calls": OTHER,
    "return forms": RETURNS,
    "imports": IMPORTS,
    "the rest of the inventory": REST,
}
