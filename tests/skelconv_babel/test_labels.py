import numpy as np
import pytest

from skelconv import DatasetError
from skelconv_babel.labels import read_entries


def entries(write, **keywords):
    root = write(**keywords)
    return read_entries(root / "train_label_60.pkl", 60)


def test_names_are_joined_and_have_their_labels(write):
    assert [tuple(entry) for entry in entries(write)] == [
        ("1f-a_7_0_ann-1", 0, ""),
        ("1f-a_7_0_ann-1", 3, ""),
        ("1f-a_7_1_ann-1", 0, ""),
        ("2e-b_12_0_ann-2", 59, ""),
    ]


def test_lists_tuples_and_arrays_are_equivalent(write, rows, columns):
    expected = entries(write)
    seg_id, others = columns(rows)
    as_scalars = [[np.asarray(column)[i] for i in range(4)] for column in (seg_id, *others)]
    as_arrays = [np.asarray(column) for column in (seg_id, *others)]
    for first, *rest in (as_scalars, as_arrays, list(map(tuple, as_arrays))):
        assert entries(write, labels=(first, tuple(rest))) == expected
        assert entries(write, labels=[first, rest]) == expected


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        (0, "", "its seg_id is '', neither a name nor a number"),
        (0, "a\nb", "its seg_id is 'a\\nb', neither a name nor a number"),
        (2, None, "its sid is None, neither a name nor a number"),
        (3, 0.5, "its chunk_n is 0.5, neither a name nor a number"),
        (4, ["x"], "its anntr_id is ['x'], neither a name nor a number"),
        (1, 60, "its label is 60, not one of 0 to 59"),
        (1, -1, "its label is -1, not one of 0 to 59"),
        (1, "walk", "its label is 'walk', not one of 0 to 59"),
        (1, True, "its label is True, not one of 0 to 59"),
    ],
)
def test_a_wrong_entry_is_its_own_fault(write, rows, column, value, fault):
    rows[2] = (*rows[2][:column], value, *rows[2][column + 1 :])
    found = entries(write, rows=rows)
    assert [entry.fault for entry in found] == ["", "", fault, ""]


def test_labels_may_be_unpublished(write, rows):
    rows = [(seg, -1 if n else 3, *others) for n, (seg, _, *others) in enumerate(rows)]
    root = write(rows=rows)
    found = read_entries(root / "train_label_60.pkl", 60, unlabelled=True)
    assert [(entry.label, entry.fault) for entry in found] == [(3, ""), *[(None, "")] * 3]
    rows[1] = (rows[1][0], 60, *rows[1][2:])
    found = read_entries(write(rows=rows) / "train_label_60.pkl", 60, unlabelled=True)
    assert found[1].fault == "its label is 60, not one of 0 to 59"


@pytest.mark.parametrize(
    ("labels", "what"),
    [
        (5, "it does not hold (seg_id, (Y1, sid, chunk_n, anntr_id))"),
        (([], [], []), "it does not hold (seg_id, (Y1, sid, chunk_n, anntr_id))"),
        ((["a"], ([0], [1], [2])), "it does not hold (seg_id, (Y1, sid, chunk_n, anntr_id))"),
        ((["a"], (0, [1], [2], [3])), "it does not hold (seg_id, (Y1, sid, chunk_n, anntr_id))"),
        (
            (["a", "b"], ([0], [1, 1], [2, 2], [3, 3])),
            "its lists have different lengths: seg_id 2, Y1 1, sid 2, chunk_n 2, anntr_id 2",
        ),
    ],
)
def test_another_form_is_an_error(write, labels, what):
    with pytest.raises(DatasetError) as caught:
        entries(write, labels=labels)
    assert caught.value.what == what
    assert caught.value.where.endswith("train_label_60.pkl")


def test_a_missing_file_is_an_error_that_says_where_to_look(tmp_path):
    with pytest.raises(DatasetError, match="is not there") as caught:
        read_entries(tmp_path / "train_label_60.pkl", 60)
    assert "Set 'root' to the folder" in caught.value.hint
