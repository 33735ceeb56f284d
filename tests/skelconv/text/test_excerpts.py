"""The caret is below its character on a terminal of 80 cells; `rich` measures the cells."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from skelconv.text.excerpts import excerpt


@pytest.mark.parametrize(
    ("line", "column", "shown"),
    [
        ("name a", 5, "  7 | name a\n    |     ^"),
        ("name", 5, "  7 | name\n    |     ^"),
        ("", 1, "  7 |\n    | ^"),
        ("\tuse: a", 2, "  7 |     use: a\n    |     ^"),
        ("名前: x", 5, "  7 | 名前: x\n    |       ^"),
        ("a: \x1b[2J!", 8, "  7 | a: \\x1b[2J!\n    |           ^"),
    ],
)
def test_short_lines(line, column, shown):
    assert excerpt(line, 7, column) == shown


def test_a_secret_is_not_shown():
    line = "root: https://me:hunter2@host/a?token=abcdef  # and more"
    shown = excerpt(line, 1, line.index("#") + 1)
    assert "hunter2" not in shown
    assert "abcdef" not in shown
    first, second = shown.splitlines()
    assert first[second.index("^")] == "#"


@given(
    st.text(st.sampled_from("abc :-[]日本é\u0301"), max_size=300),
    st.integers(0, 300),
    st.sampled_from([1, 99, 20_000]),
)
def test_long_lines_are_cut_around_the_mark(before, after, number):
    line = f"{before}#{'x' * after}"
    first, second = excerpt(line, number, len(before) + 1).splitlines()
    assert max(cell_len(first), cell_len(second)) <= 80
    assert second.endswith("^")
    left = first[: first.index("#")]
    assert cell_len(left) == cell_len(second) - 1


def test_a_very_long_line_takes_no_time():
    first, second = excerpt("a" * 10_000_000, 1, 5_000_000).splitlines()
    assert len(first) <= 80
    assert second.endswith("^")
