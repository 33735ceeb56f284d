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
