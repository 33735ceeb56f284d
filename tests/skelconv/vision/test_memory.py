"""The memory of this machine."""

import os
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
