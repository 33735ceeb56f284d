"""Counts in words."""

from skelconv.text.counts import counted


def test_the_singular_and_the_plural() -> None:
    assert [counted(count, "clip") for count in (0, 1, 2)] == ["0 clips", "1 clip", "2 clips"]
    assert counted(1, "file is", "files are") == "1 file is"
    assert counted(3, "file is", "files are") == "3 files are"
