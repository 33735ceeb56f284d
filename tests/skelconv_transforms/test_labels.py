import pytest
from hypothesis import given
from hypothesis import strategies as st
from memory import clip

from skelconv import ClipDropped, ClipError, SkelconvError
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
    assert read_mapping(str(path)) == mapping


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"1,2\n", r"m.csv:1: its first line is not 'old,new'"),
        (b"", r"m.csv:1: its first line"),
        (b"old,new\n1,2\n3\n", r"m.csv:3: a line must hold two whole numbers"),
        (b"old,new\n1,-2\n", r"m.csv:2: a line must hold"),
        (b"old,new\n1,\xc2\xb2\n", r"m.csv:2: a line must hold"),
        (b"old,new\n1,2\n1,3\n", r"m.csv:3: the label 1 stands twice"),
        (b"old,new\n\xff\n", r"m.csv: is no CSV file"),
        (b"old,new\n1," + b"9" * 5000, r"m.csv"),
    ],
)
def test_what_is_no_mapping(tmp_path, content, message):
    path = tmp_path / "m.csv"
    path.write_bytes(content)
    with pytest.raises(SkelconvError, match=message):
        read_mapping(str(path))


def test_a_mapping_that_is_not_there(tmp_path):
    with pytest.raises(SkelconvError, match="cannot be read: No such file"):
        read_mapping(str(tmp_path / "none.csv"))
