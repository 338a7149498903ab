"""The host process: how it is found, that it is shared, and that it ends with us."""

import contextlib
import gc
import multiprocessing
import os
import pickle
import signal
import socket
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from urllib.request import urlopen

import pytest
from wire import ask, get

from host_test_server import HostNotFoundError, Response, TestServer, TestServerError
from host_test_server.host import find_binary, shared_host


def python(code, **environment):
    """Runs code in a process of its own."""
    paths = os.pathsep.join(sys.path)
    return subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": paths, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def program(path, text):
    path.write_text(text, encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def refuses_connections(server):
    try:
        ask(server.port, get())
    except ConnectionRefusedError:
        return True
    return False


def test_servers_share_a_process():
    with TestServer() as one, TestServer() as two:
        assert one._host is two._host is shared_host()
        assert one.port != two.port
        one.add_response(Response(data="one"))
        two.add_response(Response(data="two"))
        assert urlopen(two.get_url()).read() == b"two"
        assert urlopen(one.get_url()).read() == b"one"


def test_a_subprocess_is_its_own():
    with TestServer(engine="subprocess") as server:
        host = server._host
        assert host is not shared_host()
        server.add_response(Response(data="x"))
        assert urlopen(server.get_url()).read() == b"x"
    assert server.get_request().path == "/"
    server.close()
    assert not host.is_running


def test_it_starts_again_where_it_was(server):
    server.add_response(Response(data="x"), count=-1)
    url = server.get_url()
    for _ in range(3):
        assert urlopen(url).read() == b"x"
        server.stop()
        server.stop()
        assert refuses_connections(server)
        assert server.get_request().path == "/"
        server.start()
        server.start()
    assert server.num_req_processed == 3


def test_a_server_that_was_closed_is_a_new_one():
    server = TestServer()
    for _ in range(2):
        server.start()
        server.add_response(Response())
        urlopen(server.get_url("/x")).read()
        assert (server.get_request().path, server.num_req_processed) == ("/x", 1)
        server.close()
    server.close()
    assert not server.request_is_done()


def test_callbacks_are_heard_after_a_new_start(server):
    server.stop()
    server.start()
    server.add_response(Response(callback=lambda: {"type": "response", "data": b"heard"}))
    assert urlopen(server.get_url()).read() == b"heard"


def test_what_is_said_before_the_start_counts():
    server = TestServer()
    assert not server.request_is_done()
    server.add_response(Response(data="early"))
    server.start()
    assert urlopen(server.get_url()).read() == b"early"
    server.close()
    with pytest.raises(TestServerError, match="not been started"):
        server.control("GET", "/counts")


def test_a_port_that_is_taken_is_said(server):
    other = TestServer(port=server.port)
    with pytest.raises(TestServerError, match="(?i)in use"):
        other.start()


def test_names_are_kept_as_they_are():
    with TestServer(address="localhost") as server:
        assert server.get_url("a") == f"http://localhost:{server.port}/a"
        assert server.get_url() == f"http://localhost:{server.port}"
        server.add_response(Response(data="x"))
        assert urlopen(server.get_url()).read() == b"x"
        server.mock(response="y")
        secure = urlopen(server.url(scheme="https"), context=server.ssl_context())
        assert secure.read() == b"y"


def test_many_servers_come_and_go():
    def numbers():
        return {server["id"] for server in shared_host().call("GET", "/servers")}

    made = set()
    for _ in range(200):
        server = TestServer()
        server.start()
        made.add(server._id)
        server.stop()
    assert server._id in numbers()
    del server
    # What listened for its callbacks was told to end.
    for thread in threading.enumerate():
        if thread.name.startswith("test server"):
            thread.join()
    gc.collect()
    # Those that nobody has any more went with this question.
    assert not made & numbers()


def test_the_host_ends_with_the_process():
    code = """
        import os, signal
        from host_test_server import TestServer
        server = TestServer()
        server.start()
        print(server.port, flush=True)
        input()
        os.kill(os.getpid(), signal.SIGKILL)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    port = int(process.stdout.readline())
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        process.communicate("die\n")
        assert process.returncode == -signal.SIGKILL
        # The other end is closed by nobody but the host, which has not been asked to;
        # or reset, if it had not accepted it yet.
        with contextlib.suppress(ConnectionResetError):
            assert client.recv(1) == b""


def test_a_process_that_ends_leaves_nothing_and_says_nothing():
    done = python("""
        import gc, threading
        from host_test_server import Response, TestServer
        servers = [TestServer(engine=engine) for engine in ["thread"] * 3 + ["subprocess"]]
        for server in servers:
            server.start()
            server.add_response(Response(callback=dict))
        for server in servers[::2]:
            server.stop()
        servers[3].close()
        del server, servers[1:]
        for thread in threading.enumerate():
            if thread.name == "test server 3":
                thread.join()
        gc.collect()
    """, PYTHONWARNINGS="error", PYTHONDEVMODE="1")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_without_daemon_the_process_stays_until_stop():
    done = python("""
        import threading
        from host_test_server import TestServer
        server = TestServer()
        server.start(daemon=False)
        main = threading.current_thread()
        def stop():
            main.join()
            print("stays", flush=True)
            server.stop()
        threading.Thread(target=stop, daemon=True).start()
    """)
    assert (done.returncode, done.stdout, done.stderr) == (0, "stays\n", "")


def child(server, pipe):
    """In a forked process: speaks to the parent's server, and has one of its own."""
    try:
        path = server.get_request().path
        own = TestServer()
        own.start()
        own.add_response(Response(data="own"))
        told = path, urlopen(own.get_url()).read(), own._host is not server._host
        own.close()
        pipe.send(pickle.dumps(told))
    except BaseException as error:
        pipe.send(pickle.dumps(repr(error)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_process_has_its_own_host(server):
    server.add_response(Response(), count=-1)
    urlopen(server.get_url("/before")).read()
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(target=child, args=(server, theirs))
    process.start()
    assert pickle.loads(ours.recv()) == ("/before", b"own", True)
    process.join()
    assert process.exitcode == 0
    # What the child has closed was the child's.
    urlopen(server.get_url("/after")).read()
    assert server.get_request().path == "/after"


def test_any_thread_may_use_it(server):
    server.mock(response="x", times="always")
    failures = []

    def use():
        try:
            for _ in range(20):
                assert urlopen(server.get_url()).read() == b"x"
                assert server.request_is_done()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert server.num_req_processed == len(server.requests()) == 160


def test_sockets_that_a_test_replaces_are_not_ours(server, monkeypatch):
    def no(*_args, **_settings):
        raise AssertionError("no sockets in tests")

    monkeypatch.setattr(socket, "socket", no)
    monkeypatch.setattr(socket, "create_connection", no)
    server.reset()
    assert server.requests() == []


def test_no_program_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("HOST_BINARY", str(tmp_path / "none"))
    with pytest.raises(HostNotFoundError, match="HOST_BINARY is .*none, which is no program"):
        find_binary()


def test_bind_s_program_is_passed_by(monkeypatch, tmp_path):
    ours = Path(shared_host().binary)
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    program(tmp_path / "a" / "host", "#!/bin/sh\necho 'Usage: host name' >&2\nexit 1\n")
    (tmp_path / "b" / "host").symlink_to(ours)
    monkeypatch.delenv("HOST_BINARY", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path / 'a'}{os.pathsep}{tmp_path / 'b'}")
    assert find_binary() == str(tmp_path / "b" / "host")


def test_an_old_program_is_said(monkeypatch, tmp_path):
    old = program(
        tmp_path / "old",
        "#!/bin/sh\n"
        'if [ "$1" = --version ]; then echo "host 0.0.9"; exit; fi\n'
        "echo \"error: unexpected argument '--control' found\" >&2\nexit 2\n",
    )
    monkeypatch.setenv("HOST_BINARY", str(old))
    with pytest.raises(HostNotFoundError, match="is host 0.0.9, which is too old"):
        TestServer(engine="subprocess").start()


def test_a_program_that_fails_is_said(monkeypatch, tmp_path):
    broken = program(tmp_path / "broken", "#!/bin/sh\necho no such luck\nexit 3\n")
    monkeypatch.setenv("HOST_BINARY", str(broken))
    with pytest.raises(HostNotFoundError, match="is not ready: no such luck"):
        TestServer(engine="subprocess").start()


def test_a_host_that_was_killed_is_said():
    server = TestServer(engine="subprocess")
    server.start()
    server._host._process.kill()
    server._host._process.wait()
    with pytest.raises(TestServerError, match="the host process has ended"):
        server.get_request()
    with pytest.raises(TestServerError):
        server.stop()
