"""The tests that test_server was published with, with the import changed.

They are taken from PyPI each time and are not kept here.
"""

import os
import re
import subprocess
import sys
import tarfile

import pytest

# What the archive of 0.1.0 does not have.
UTIL = """
import pytest
from host_test_server import TestServer

@pytest.fixture(scope="session", name="global_server")
def fixture_global_server():
    server = TestServer()
    server.start()
    yield server
    server.stop()

@pytest.fixture(name="server")
def fixture_server(global_server):
    global_server.reset()
    return global_server
"""

# And of 0.0.26.
CONFTEST = """
import pytest

def pytest_addoption(parser):
    parser.addoption("--engine", default="thread")

def pytest_configure(config):
    config.addinivalue_line("markers", "foo: theirs")
    config.addinivalue_line("markers", "skip_engine(name): theirs")

@pytest.fixture(scope="session")
def opt_engine(request):
    return request.config.getoption("--engine")
"""

# Of 0.0.26, what is not so any more, and why.
NOT_SO = {
    # 0.1.0 says utf-8, in lower case.
    "test_default_header_content_type",
    # This works here.
    "test_extra_ports_subprocess_engine",
    # There are no such files.
    "test_temp_files_are_removed",
}


def published(version, folder):
    """Unpacks the archive of a version."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--no-binary", ":all:", "--dest", str(folder), f"test-server=={version}"]
    got = subprocess.run(command, capture_output=True, text=True, check=False)
    if got.returncode:
        pytest.skip(f"test_server {version} cannot be had: {got.stderr.strip()[-300:]}")
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(folder)
    (unpacked,) = (path for path in folder.iterdir() if path.is_dir())
    return unpacked


def passes(folder, *args):
    """Runs pytest there; answers how many passed, if all did."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    command += ["--rootdir", str(folder), *args]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    ran = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return int(re.search(r"(\d+) passed", ran.stdout)[1])


def changed(folder, suite, name, *changes):
    """Copies a test file, changed in its imports."""
    suite.mkdir(exist_ok=True)
    (suite / "__init__.py").touch()
    text = (folder / name).read_text(encoding="utf-8")
    for old, new in changes:
        assert re.search(old, text), old
        text = re.sub(old, new, text)
    (suite / ("test_" + name.rpartition("/")[2].replace("test_", ""))).write_text(
        text, encoding="utf-8"
    )


def test_those_of_0_1_0_pass(tmp_path):
    folder, suite = published("0.1.0", tmp_path), tmp_path / "suite"
    imports = (r"\b(import|from) test_server\b", r"\1 host_test_server")
    used = (r"(?<![\w\"'])test_server\.__version__", "host_test_server.__version__")
    # A port of this machine's own, which may be taken.
    port = ("SPECIFIC_TEST_PORT = 10100", "SPECIFIC_TEST_PORT = 0")
    changed(folder, suite, "tests/test_test_server.py", imports, used, port)
    changed(folder, suite, "tests/test_httpheaderstorage.py", imports)
    (suite / "util.py").write_text(UTIL, encoding="utf-8")
    assert passes(suite) == 56


@pytest.mark.parametrize("engine", ["thread", "subprocess"])
def test_those_of_0_0_26_pass(engine, tmp_path):
    folder, suite = published("0.0.26", tmp_path), tmp_path / "suite"
    changed(
        folder,
        suite,
        "test/server.py",
        (r"from test_server import", "from host_test_server.legacy import"),
        (r"\nimport test_server\n", "\nimport host_test_server as test_server\n"),
        # pytest calls it so since 4.0.
        ("get_marker", "get_closest_marker"),
        # Ports of this machine's own, which may be taken.
        (r"port=server\.port \+ 1", "port=0"),
        ("port = 9878", "port = 0"),
        (r"\[9879, 9880\]", "[0, 0]"),
        (r"\[port\] \+ extra_ports", "[server.port] + server.extra_ports"),
    )
    (suite / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    deselected = [f"--deselect=test_server.py::{name}" for name in NOT_SO]
    assert passes(suite, f"--engine={engine}", *deselected) >= 20
