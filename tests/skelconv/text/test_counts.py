"""Counts and rates in words."""

from skelconv.text.counts import counted, paced


def test_the_singular_and_the_plural() -> None:
    assert [counted(count, "clip") for count in (0, 1, 2)] == ["0 clips", "1 clip", "2 clips"]
    assert counted(1, "file is", "files are") == "1 file is"
    assert counted(3, "file is", "files are") == "3 files are"


def test_a_slow_build_is_told_in_minutes_or_hours() -> None:
    rates = {431.25: "431.2 clips/s", 1: "1.0 clips/s", 0.5: "30.0 clips/min"}
    rates |= {1 / 60: "1.0 clips/min", 1 / 120: "30.0 clips/h", 0: "0.0 clips/h"}
    assert {rate: paced(rate) for rate in rates} == rates
