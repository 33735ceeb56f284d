"""How commands show classes: within 80 columns, and without pushing all else off the screen."""

import pytest

from skelconv.cli import class_table, summary
from skelconv.data.classes import count_classes

NAMES = [f"class number {number}" for number in range(120)]
SPLITS = ("xsub_train", "xsub_val", "xview_train", "xview_val", "xset_train", "xset_val")


@pytest.mark.parametrize("splits", [0, 2, 6])
@pytest.mark.parametrize("name", ["run", "a long name " * 9])
def test_a_table_fits_into_80_columns(splits: int, name: str) -> None:
    members = {split: [0] for split in SPLITS[:splits]}
    lines = list(class_table.table(count_classes([0, 0, 1, None], (name, "hop"), members)))
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines] == ["label", "0", "1", "none"]
    assert ("xsub_train" in lines[0]) == (splits == 2)
    assert all(("#" in line) == (splits != 2) for line in lines[1:])


def test_few_classes_are_a_table() -> None:
    assert list(class_table.summary(count_classes([0, 1, 1], ("hop", "run")))) == [
        "classes:",
        "  label  class  clips",
        "  0      hop    1      ###############",
        "  1      run    2      ##############################",
        "  a trainer must be given 2 classes (num_classes)",
    ]


def test_many_classes_are_a_few_lines() -> None:
    labels = [number for number in range(100) for _ in range(1 + number % 7)]
    lines = list(class_table.summary(count_classes(labels, NAMES), "out dir/a.pkl"))
    assert lines == [
        "classes: 120",
        "  fewest clips: 1 in 0 class number 0",
        "  most clips: 7 in 6 class number 6",
        "  the whole table: skelconv stats 'out dir/a.pkl'",
        "  a trainer must be given at least 100 classes (num_classes)",
        "  20 classes without a clip: 100 class number 100, 101 class number 101, 102",
        "    class number 102, 103 class number 103, 104 class number 104 and 15 more",
    ]


def test_few_of_many_classes_are_a_table_without_the_others() -> None:
    assert list(class_table.summary(count_classes([0, 2, 2], NAMES), "a.pkl")) == [
        "classes:",
        "  label  class           clips",
        "  0      class number 0  1      ###############",
        "  2      class number 2  2      ##############################",
        "  the whole table: skelconv stats a.pkl",
        "  a trainer must be given at least 3 classes (num_classes)",
        "  118 classes without a clip: 1 class number 1, 3 class number 3, 4 class number",
        "    4, 5 class number 5, 6 class number 6 and 113 more",
    ]


def test_no_labels_are_no_lines() -> None:
    assert list(class_table.summary(count_classes([None, None], ("run",)))) == []
    assert list(class_table.summary([])) == []


def test_long_notes_are_wrapped() -> None:
    note = "renumber: " + ", ".join(f"{name} {n} -> {n + 1}" for n, name in enumerate(NAMES))
    lines = list(summary.notes([note, "short"]))
    assert max(map(len, lines)) <= 80
    assert " ".join(line.strip() for line in lines) == f"note: {note} note: short"
