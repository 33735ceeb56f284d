"""Groups that a pattern finds in ids, or that a table names."""

from collections.abc import Callable
from pathlib import Path

import pytest

from skelconv import BuildError
from skelconv_splits.grouping import Groups, groups_by_pattern, groups_in_table


def test_what_matches_in_parentheses_names_a_group() -> None:
    ids = ["S001P02", "S001P03", "S002P02"]
    assert groups_by_pattern(ids, r"S\d+") == {"S001": ids[:2], "S002": ids[2:]}
    assert groups_by_pattern(ids, r"P(\d+)") == {"02": [ids[0], ids[2]], "03": [ids[1]]}
    assert groups_by_pattern(ids, r"S0(\d)1P0(\d)|S(\d+)")["002"] == [ids[2]]


@pytest.mark.parametrize(
    ("ids", "pattern", "reason"),
    [
        (["a_b-c", "a-b_c"], "(.*)-(.*)", "two groups the name 'a_b_c'"),
        (["S001x", "Sx"], r"S(\d*)", "finds no group in 1 id: 'Sx'"),
        (["a", "b1", "c"], r"\d", "finds no group in 2 ids: 'a', 'c'"),
    ],
)
def test_what_is_no_group(ids: list[str], pattern: str, reason: str) -> None:
    with pytest.raises(BuildError, match=reason):
        groups_by_pattern(ids, pattern)


@pytest.fixture
def by_table(tmp_path: Path) -> Callable[[str], Groups]:
    def _by_table(text: str, **options: str) -> Groups:
        path = tmp_path / "subjects.csv"
        path.write_text(text)
        given = {"id_column": "id", "column": "subject", "strip": "", **options}
        return lambda ids: groups_in_table(ids, path, **given)

    return _by_table


def test_a_table_names_groups(by_table: Callable[[str], Groups]) -> None:
    table = by_table("Video;age;Subject\nb.mp4;7;Ann\na.mp4;9;Bo\n;;\nc.mp4;8;Ann\n" * 2,
                     id_column="video", strip=".mp4")  # fmt: skip
    assert table(["a", "b", "c"]) == {"Bo": ["a"], "Ann": ["b", "c"]}


def test_a_clip_that_is_cut_from_another_is_of_its_group(
    by_table: Callable[[str], Groups],
) -> None:
    table = by_table("id,subject\nwalk,Ann\nwalk#2,Bo\nan@x,Cy\n")
    ids = ["walk", "walk@000000-000064", "walk#1", "walk#2@000000-000064", "an@x@000000-000002"]
    assert table(ids) == {"Ann": ids[:3], "Bo": ids[3:4], "Cy": ids[4:]}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("id,subject\na,Ann\n", "subjects.csv: the table has no group for 1 clip: 'b'"),
        ("id,subject\na,Ann\nb,\n", "no group for 1 clip: 'b'"),
        ("id,subject\nc,Ann\n", "no group for 2 clips: 'a', 'b'"),
        ("id,subject\na,Ann\nb,Bo\na,Bo\n", r"csv:4: 'a' is in the group 'Bo', and in line 2"),
        ("id,subject\na,Ann\nb,Bo\na,Bo\nb,Cy\nb,Bo\n", r"csv:4: 'a' .* in 'Ann'; so 1 more row"),
        ("id,person\na,Ann\n", "subject"),
        ("", "subjects.csv"),
    ],
)
def test_a_table_that_lacks_a_group(
    by_table: Callable[[str], Groups], text: str, reason: str
) -> None:
    with pytest.raises(BuildError, match=reason):
        by_table(text)(["a", "b"])
