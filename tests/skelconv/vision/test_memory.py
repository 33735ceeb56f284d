"""The memory of this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from skelconv.vision import memory as module
from skelconv.vision import memory_of_a_core


def test_a_core_has_its_part_of_what_the_system_counts() -> None:
    (line,) = [
        line for line in Path("/proc/meminfo").read_text().splitlines() if "MemTotal" in line
    ]
    there = int(line.split()[1]) * 1024
    assert 0 < memory_of_a_core() * (os.cpu_count() or 1) <= there


def test_it_is_none_where_it_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "memory", lambda: None)
    assert memory_of_a_core() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="another C library does nothing")
def test_memory_in_pieces_is_given_back() -> None:
    """Blocks that are freed between ones that stay."""
    code = """
from skelconv.vision import give_memory_back
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
blocks = [bytes(100_000) for _ in range(2_000)]
full = resident()
del blocks[::2]
pieces = resident()
give_memory_back()
print((full - pieces) / 1e6, (full - resident()) / 1e6)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(float, done.stdout.split())
    assert before < 20
    assert after > 70


@pytest.mark.skipif(sys.platform != "linux", reason="another C library does nothing")
def test_memory_that_a_thread_has_freed_is_used_again_by_the_next() -> None:
    """Pages that are new to the process are counted, for values that come and go."""
    code = """
import ctypes
import resource
from threading import Thread
from skelconv.vision import use_memory_again
ctypes.CDLL(None).prctl(41, 1, 0, 0, 0)  # PR_SET_THP_DISABLE: all pages are of one size
def come_and_go():
    for _ in range(5):
        values = [b"x" * 600_000 for _ in range(20)]
def pages():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(4):
        thread = Thread(target=come_and_go)
        thread.start()
        thread.join()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
before = pages()
use_memory_again()
pages()
print(before, pages())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before > 1_000
    assert after < before / 10
