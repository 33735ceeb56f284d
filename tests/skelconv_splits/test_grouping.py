"""Groups that a pattern finds in ids."""

import pytest

from skelconv import BuildError
from skelconv_splits.grouping import groups_of


def test_what_matches_in_parentheses_names_a_group() -> None:
    ids = ["S001P02", "S001P03", "S002P02"]
    assert groups_of(ids, r"S\d+") == {"S001": ids[:2], "S002": ids[2:]}
    assert groups_of(ids, r"P(\d+)") == {"02": [ids[0], ids[2]], "03": [ids[1]]}
    assert groups_of(ids, r"S0(\d)1P0(\d)|S(\d+)")["002"] == [ids[2]]


@pytest.mark.parametrize(
    ("ids", "pattern", "reason"),
    [
        (["a_b-c", "a-b_c"], "(.*)-(.*)", "two groups the name 'a_b_c'"),
        (["S001x", "Sx"], r"S(\d*)", "finds no group in the id 'Sx'"),
        (["a", "b1"], r"\d", "finds no group in the id 'a'"),
    ],
)
def test_what_is_no_group(ids: list[str], pattern: str, reason: str) -> None:
    with pytest.raises(BuildError, match=reason):
        groups_of(ids, pattern)
