"""The language beside CPython, and the start of a process beside other interpreters."""
import os
import shutil
import sys

from timing import measure


def startup():
    # The interpreter itself, not a version manager's stand-in on the PATH, and without what a
    # machine has in its site-packages.
    python = [os.path.realpath(sys.executable), "-S", "-c", "1+1"]
    lua = [shutil.which("lua5.4"), "-e", "local x = 1+1"]
    for name, words in (("cpython", python), ("lua", lua)):
        if words[0]:
            measure(name, lambda: os.waitpid(
                os.posix_spawn(words[0], words, os.environ), 0), 40, 5)


def closure_call():
    f = lambda x: x + 1
    measure("cpython", lambda: [f(i) for i in range(1, 1000001)], 7)


def comprehension():
    measure("cpython", lambda: [i * i + 1 for i in range(1, 1000001)], 7)


def string_building():
    measure("cpython", lambda: [f"K = {i}" for i in range(1, 1000001)], 7)


def record_access():
    r = {"a": 1, "b": 2, "k": 5}
    measure("cpython", lambda: [r["k"] + i for i in range(1, 1000001)], 7)
