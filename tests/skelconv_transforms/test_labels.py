import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import BuildError, ClipDropped, ClipError
from skelconv.testing import check_transform
from skelconv_transforms.labels import read_mapping, relabel

MAPPINGS = st.dictionaries(st.integers(0, 6), st.integers(0, 3))


@given(label=st.integers(0, 6), mapping=MAPPINGS)
def test_one_label(label, mapping):
    one = clip(label=label)
    kept = check_transform(lambda each: relabel(each, mapping=mapping, missing="keep"), one)
    assert kept.label == mapping.get(label, label)
    if label in mapping:
        assert relabel(one, mapping=mapping, missing="refuse").label == mapping[label]
    else:
        with pytest.raises(ClipError, match=f"no label {label}"):
            relabel(one, mapping=mapping, missing="refuse")
        with pytest.raises(ClipDropped):
            relabel(one, mapping=mapping, missing="drop")


def test_several_labels():
    several = clip(label=(3, 1, 2))
    mapping = {1: 7, 3: 7, 2: 0}
    assert relabel(several, mapping=mapping, missing="refuse").label == (7, 0)
    del mapping[2]
    assert relabel(several, mapping=mapping, missing="keep").label == (7, 2)
    assert relabel(several, mapping=mapping, missing="drop").label == (7,)
    with pytest.raises(ClipError, match="no label 2"):
        relabel(several, mapping=mapping, missing="refuse")


def test_no_label_to_map():
    with pytest.raises(ClipError, match="no label"):
        relabel(clip(label=None), mapping={}, missing="keep")


@given(mapping=MAPPINGS)
def test_a_mapping_is_read_as_it_was_written(tmp_path_factory, mapping):
    path = tmp_path_factory.mktemp("labels") / "mapping.csv"
    lines = ["old, new", *(f"{old},{new}" for old, new in mapping.items()), ""]
    path.write_bytes("\ufeff".encode() + "\r\n".join(lines).encode())
    assert read_mapping(path) == mapping


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1,2\n", r"m.csv:1: its header must name the column 'old' once"),
        (b"", r"m.csv:1: its header must name the column 'old' once"),
        (b"old,new\n1,2\n3\n", r"m.csv:3: 1 cell, where the header has 2"),
        (b"old,new\n1,-2\n", r"m.csv:2: old and new must be two whole numbers"),
        (b"old,new\n1,\xc2\xb2\n", r"m.csv:2: old and new must be two whole numbers"),
        (b"old,new\n1,2\n1,3\n", r"m.csv:3: the label 1 is there twice"),
        (b"old,new\n\xff\n", r"m.csv:2: is not in UTF-8"),
        (b"old,new\n1," + b"9" * 5000, r"m.csv:2: old and new must be two whole numbers"),
    ],
)
def test_what_is_no_mapping(tmp_path, content, message):
    path = tmp_path / "m.csv"
    path.write_bytes(content)
    with pytest.raises(BuildError, match=message):
        read_mapping(path)


def test_a_mapping_that_is_not_there(tmp_path):
    with pytest.raises(BuildError, match="cannot be read: no such file"):
        read_mapping(tmp_path / "none.csv")
