"""Reads pickles from bytes."""

from pathlib import Path
from typing import Any

import pytest

from skelconv.unpickler import LazyArray, read_pickle


class Read:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __call__(self, data: bytes) -> Any:
        self.path.write_bytes(data)
        return read_pickle(self.path)

    def load(self, array: LazyArray) -> Any:
        with self.path.open("rb") as file:
            return array.load(file)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return Read(tmp_path / "some.pkl")
