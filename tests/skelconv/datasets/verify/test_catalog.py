"""The catalog of findings, how codes are chosen, and that the docs have the same."""

import re
from pathlib import Path

import pytest

from skelconv import SkelconvError
from skelconv.datasets.verify.catalog import RULES, SEVERITIES, selected

DOCS = Path(__file__).parents[4] / "docs" / "verify.md"
ALL = [rule.code for rule in RULES]


def test_codes_are_different_and_in_order() -> None:
    assert sorted(set(ALL)) == ALL
    assert all(re.fullmatch(r"SK[1-8]\d\d", code) for code in ALL)


def test_each_rule_says_what_it_is_and_what_to_do() -> None:
    for rule in RULES:
        assert rule.severity in SEVERITIES
        assert rule.title
        assert rule.remedy
        # A rule, and what to do, end no sentence: they go on in a line.
        assert not rule.title.endswith(".")
        assert not rule.remedy.endswith(".")


def test_the_docs_have_the_same_table() -> None:
    cells = re.findall(r"^\| (SK\d+) \| (\w+) \| (.+?) \| (.+?) \|$", DOCS.read_text(), re.M)
    assert cells == [(rule.code, rule.severity, rule.title, rule.remedy) for rule in RULES]


@pytest.mark.parametrize(
    ("select", "ignore", "codes"),
    [
        ([], [], ALL),
        (["SK1"], [], [code for code in ALL if code.startswith("SK1")]),
        (["SK101", "SK605"], [], ["SK101", "SK605"]),
        ([], ["SK"], []),
        ([], ["SK6"], [code for code in ALL if not code.startswith("SK6")]),
        (["SK6"], ["SK603"], ["SK601", "SK602", "SK604", "SK605"]),
        (["SK603"], ["SK6"], ["SK603"]),
        (["SK603", "SK1"], ["SK60", "SK1"], ["SK603"]),
        (["SK603"], ["SK603"], []),
    ],
)
def test_selecting(select: list[str], ignore: list[str], codes: list[str]) -> None:
    assert sorted(selected(select, ignore)) == codes


@pytest.mark.parametrize("code", ["SK9", "sk1", "SK1011", ""])
def test_codes_that_there_are_not(code: str) -> None:
    with pytest.raises(SkelconvError, match=f"no finding has the code '{code}'"):
        selected([], [code])
