"""The fixtures for pytest."""

from pathlib import Path

import host_test_server

pytest_plugins = ["pytester"]

FILE = """
    import pytest
    from urllib.error import HTTPError
    from urllib.request import urlopen
    from host_test_server import TestServer, TestServerError

    def test_passes(host_test_server):
        host_test_server.mock("/a", "a", expect=1)
        assert urlopen(host_test_server.url("/a")).read() == b"a"

    def test_unmatched(host_test_server):
        host_test_server.mock("/a", "a")
        with pytest.raises(HTTPError):
            urlopen(host_test_server.url("/b"))

    def test_unmet(test_server_factory):
        test_server_factory().mock("/a", "a", expect=2)

    def test_fails_by_itself(host_test_server):
        host_test_server.mock("/a", "a")
        urlopen(host_test_server.url("/c"))

    @pytest.mark.host_test_server(verify=False)
    def test_unmatched_on_purpose(host_test_server):
        with pytest.raises(HTTPError):
            urlopen(host_test_server.url("/b"))

    def test_several(test_server_factory):
        servers = [test_server_factory() for _ in range(3)]
        assert len({server.port for server in servers}) == 3
"""


def test_a_test_fails_by_what_its_server_got(pytester, monkeypatch):
    package = Path(host_test_server.__file__).resolve().parents[1]
    monkeypatch.setenv("PYTHONPATH", str(package))
    pytester.makepyfile(FILE)
    ran = pytester.runpytest_subprocess("-p", "host_test_server.pytest_plugin", "-W", "error")
    ran.assert_outcomes(passed=3, failed=3)
    ran.stdout.fnmatch_lines_random(
        [
            "*nothing answered GET /b: no response available: mock 1 is closest, *"
            'the path is "/a"*"/b"*',
            '*mock 1 (the path is "/a") has answered 0 requests, and exactly 2 are expected*',
            "*Captured host_test_server call*",
            "*nothing answered GET /c*",
        ]
    )
    # Neither the class nor the errors are tests.
    assert "cannot collect" not in ran.stdout.str()
