"""Exceptions in words."""

import errno
import os
from pathlib import Path

import pytest

from skelconv.text import as_text, one_line, reason_of, with_place


class MuteError(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (ValueError("no such\n  joint"), "ValueError: no such joint"),
        (ValueError(), "ValueError"),
        (MuteError(), "MuteError: MuteError"),
        (KeyError("\udcff"), "KeyError: '\\udcff'"),
        (OSError("\udcff"), "OSError: \\udcff"),
    ],
)
def test_any_exception_is_one_line_that_can_be_encoded(error: Exception, line: str) -> None:
    assert one_line(error) == line
    assert one_line(error).encode()


def test_the_place_of_an_exception() -> None:
    with pytest.raises(ZeroDivisionError) as caught:
        _ = 1 / 0
    line = caught.traceback[-1].lineno + 1
    assert (
        with_place(caught.value) == f"ZeroDivisionError: division by zero (test_faults.py:{line})"
    )
    assert with_place(ValueError("not raised")) == "ValueError: not raised"


def test_the_reason_is_without_number_and_path(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        (tmp_path / "none").read_bytes()
    assert reason_of(caught.value) == os.strerror(errno.ENOENT).lower()
    assert reason_of(ValueError("Not a number")) == "not a number"
    assert reason_of(ValueError()) == "valueerror"


def test_text_of_any_value() -> None:
    assert as_text(3) == "3"
    assert as_text(MuteError()) == "MuteError"
