"""Reaches for the machine: network, processes, threads, signals, memory, identity."""

import importlib
import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

from hostile.attempts import report


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=1)


def listen():
    server = socket.socket()
    server.bind(("127.0.0.1", 0))
    server.listen()
    return server.getsockname()


def some(found):
    if not found:
        raise LookupError
    return found


def thread():
    started = threading.Thread(target=print)
    started.start()
    return started


def alarm():
    signal.signal(signal.SIGALRM, print)
    signal.alarm(1)


def main(request, response):
    port = request.url_parts.port
    return report({
        "connecting": lambda: connect(port),
        "connecting by name": lambda: socket.create_connection(("localhost", port), timeout=1),
        "listening": listen,
        "datagrams": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
        "a raw socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW),
        "a socket of the system": lambda: socket.socket(socket.AF_UNIX),
        "a pair of sockets": lambda: socket.socketpair(),
        "a name": lambda: socket.getaddrinfo("localhost", port),
        "a name, as it was": lambda: socket.gethostbyname("localhost"),
        "a URL": lambda: urllib.request.urlopen(f"http://127.0.0.1:{port}/f.txt", timeout=1),
        "a URL of a file": lambda: urllib.request.urlopen("file:///etc/passwd"),
        "fork": lambda: os.fork(),
        "exec": lambda: os.execv("/bin/sh", ["sh"]),
        "spawn": lambda: os.posix_spawn("/bin/sh", ["sh"], {}),
        "system": lambda: some(os.system("true") == 0),
        "popen": lambda: os.popen("id").read(),
        "subprocess": lambda: subprocess.run(["id"]),
        "a shell": lambda: subprocess.check_output("id", shell=True),
        "multiprocessing": lambda: multiprocessing.Process(target=print).start(),
        "a pool of processes": lambda: ProcessPoolExecutor().submit(print).result(),
        "a thread": thread,
        "a pool of threads": lambda: ThreadPoolExecutor().submit(print).result(),
        "killing": lambda: os.kill(1, signal.SIGKILL),
        "killing itself": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "an alarm": alarm,
        "ctypes": lambda: importlib.import_module("ctypes"),
        "_ctypes": lambda: importlib.import_module("_ctypes"),
        "mmap": lambda: importlib.import_module("mmap"),
        "a library": lambda: importlib.machinery.ExtensionFileLoader("x", "/x.so").create_module(
            importlib.machinery.ModuleSpec("x", None)
        ),
        "the environment": lambda: some({k: v for k, v in os.environ.items() if k not in ("PWD",)}),
        "arguments": lambda: some(sys.argv[1:]),
        "a device": lambda: os.open("/dev/mem", os.O_RDWR),
        "the owner": lambda: os.getlogin(),
        "the machine's name": lambda: some(socket.gethostname() != "(none)"),
        "changing the root": lambda: os.chroot("/"),
        "changing the owner": lambda: os.setuid(0),
        "a terminal": lambda: os.openpty(),
        "a pipe": lambda: os.mkfifo("/pipe"),
        "standard input": lambda: some(sys.stdin.read(1)),
    })
