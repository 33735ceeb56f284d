import pytest

from skelconv import BuildError
from skelconv.files import Catalog, Found, LabelOptions, Ref


def inventory(paths, *, labels=None, **options):
    """Return the labels and the reasons of rejection of clips with these paths, and all else."""
    rule = LabelOptions.model_validate(labels).rule() if labels else None
    clips = [Found(path, path, f"root/{path}.json") for path in paths]
    found = Catalog(labels=rule, **options).inventory("root", clips)
    given = {item.id: Ref(*item.ref).label for item in found.items}
    return given, {one.id: one.reason for one in found.rejected}, found


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "labels.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_names_in_a_csv_are_numbered_in_their_order(table):
    path = table("\ufeffid, label ,split\na,walk,train\nb,jump,val\nd,clap,val\n")
    labels, refused, found = inventory("abc", labels={"csv": path})
    assert labels == {"a": 2, "b": 1}
    assert refused == {"c": f"no label: {path} has no row with this id"}
    assert (tuple(found.label_names), list(found.absent)) == (("clap", "jump", "walk"), ["d"])


def test_numbers_in_a_csv_are_labels(table):
    path = table("id,label\na,10\nb,9\n")
    labels, _, found = inventory("ab", labels={"csv": path})
    assert (labels, found.label_names) == ({"a": 10, "b": 9}, ())
    labels, refused, _ = inventory("ab", labels={"csv": path, "first": 10})
    assert labels == {"a": 0}
    assert refused == {"b": "its label '9' is none of the classes"}


def test_whole_numbers_may_have_decimals(table):
    path = table("ID;Label\na;10.0\nb;9\n;\n")
    labels, _, found = inventory("ab", labels={"csv": path})
    assert (labels, found.label_names) == ({"a": 10, "b": 9}, ())
    path = table("id,label\na,1.0\nb,2.0\n")
    labels, _, _ = inventory("ab", labels={"csv": path, "classes": ["2.0", "1.0"]})
    assert labels == {"a": 1, "b": 0}


def test_classes_can_be_given(table, tmp_path):
    (tmp_path / "classes.txt").write_text("walk\nclap\n")
    for classes in (["walk", "clap"], str(tmp_path / "classes.txt")):
        options = {"csv": table("id,label\na,walk\nb,jump\nc,clap\nd,\n"), "classes": classes}
        labels, refused, found = inventory("abcd", labels=options)
        assert labels == {"a": 0, "c": 1}
        assert refused == {
            "b": "its label 'jump' is none of the classes",
            "d": f"no label: line 5 of {options['csv']} has none",
        }
        assert found.label_names == ("walk", "clap")
    labels, refused, _ = inventory(
        "ab", labels={"csv": table("id,label\na,1\nb,2\n"), "classes": ["x", "y"]}
    )
    assert (labels, list(refused)) == ({"a": 1}, ["b"])


def test_classes_may_be_called_by_numbers():
    options = {"folder": True, "classes": ["10", "2"]}
    assert inventory(["10/a", "2/b"], labels=options)[0] == {"10/a": 0, "2/b": 1}


@pytest.mark.parametrize(
    ("cells", "odd", "what"),
    [
        (["0", "1", "-1"], 2, "1 label of 3 is not a whole number"),
        (["0", "1.5", "2"], 1, "1 label of 3 is not a whole number"),
        (["0", "1", "walk"], 2, "1 label of 3 is not a whole number"),
        (["walk", "jump", "2"], 2, "1 label of 3 is a number among names"),
        (["0.5", "1.5", "2.5"], 0, "3 labels of 3 are not whole numbers"),
    ],
)
def test_numbers_among_names_are_reported_and_get_no_labels(table, cells, odd, what):
    rows = "".join(f"k{n},{cell}\n" for n, cell in enumerate(cells))
    path = table(f"id,label\n{rows}")
    with pytest.raises(BuildError) as caught:
        inventory(["k0", "k1", "k2"], labels={"csv": path})
    first, row, *_ = caught.value.what.splitlines()
    assert first == f"{what}:"
    assert row == f"    k{odd}: {cells[odd]!r} ({path}:{odd + 2})"
    assert caught.value.where == f"{path}:{odd + 2}"
    assert "'classes'" in caught.value.hint
    classes = list(dict.fromkeys(cells[:2]))
    labels, refused, _ = inventory(["k0", "k1", "k2"], labels={"csv": path, "classes": classes})
    assert labels == {"k0": 0, "k1": 1}
    assert list(refused) == ["k2"]


def test_numbers_of_tables_that_have_gaps(table):
    """Where a cell was empty, programs write the others as 1.0."""
    path = table("id,label\na,0.0\nb,11.0\nc,2\nd,\n")
    labels, refused, _ = inventory("abcd", labels={"csv": path})
    assert labels == {"a": 0, "b": 11, "c": 2}
    assert list(refused) == ["d"]


def test_a_folder_of_a_space_and_a_number_is_reported():
    with pytest.raises(BuildError, match=r"a: ' 3' \( 3/a\)"):
        inventory(["0/b", " 3/a"], labels={"folder": True}, ids="name")


def test_of_many_odd_labels_the_first_are_named(table):
    rows = "".join(f"k{n:02},{'?' if n % 2 else n}\n" for n in range(20))
    with pytest.raises(BuildError, match=r"\.\.\. and 5 more"):
        inventory(["k00"], labels={"csv": table(f"id,label\n{rows}")})


def test_folders_name_classes():
    labels, refused, found = inventory(["x/walk/a", "jump/b", "c"], labels={"folder": True})
    assert labels == {"x/walk/a": 1, "jump/b": 0}
    assert refused == {"c": "no label: it is not in a folder that could name its class"}
    assert found.label_names == ("jump", "walk")
    numbered = inventory(["0/a", "10/b", "2/c"], labels={"folder": True}, ids="name")[0]
    assert numbered == {"a": 0, "b": 10, "c": 2}


def test_a_pattern_finds_labels():
    names = ["S001A001", "S001A060", "x/S002A002", "S003"]
    labels, refused, _ = inventory(names, labels={"pattern": r"A(?P<label>\d{3})"})
    assert labels == {"S001A001": 0, "S001A060": 59, "x/S002A002": 1}
    assert list(refused) == ["S003"]
    assert "finds none in its path" in refused["S003"]
    labels, _, found = inventory(["a_walk_1", "b_run_2"], labels={"pattern": "_(?P<label>[a-z]+)_"})
    assert (labels, found.label_names) == ({"a_walk_1": 1, "b_run_2": 0}, ("run", "walk"))


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", 1, "its header must name the column 'id' once"),
        ("id,name\n", 1, "its header must name the column 'label' once"),
        ("id,label\na,1\nb\n", 3, "1 cell, where the header has 2"),
        ("id,label\na,1\n\na,2\n", 4, "the id 'a' is in line 2 already"),
        ('id,label\na,"1\n', 2, "is not valid csv"),
    ],
)
def test_a_table_that_is_wrong_stops_the_build(table, text, line, what):
    path = table(text)
    with pytest.raises(BuildError) as caught:
        inventory("a", labels={"csv": path})
    assert what in caught.value.what
    assert caught.value.where == f"{path}:{line}"


@pytest.mark.parametrize(
    ("text", "what"), [("\n", "no class"), ("a\n\nb", "empty"), ("a\na", "'a'")]
)
def test_classes_that_are_wrong_stop_the_build(tmp_path, text, what):
    (tmp_path / "classes.txt").write_text(text)
    with pytest.raises(BuildError, match=what):
        inventory("a", labels={"folder": True, "classes": str(tmp_path / "classes.txt")})


def test_a_file_that_is_not_there_stops_the_build(tmp_path):
    for options in (
        {"csv": tmp_path / "no.csv"},
        {"folder": True, "classes": str(tmp_path / "no")},
    ):
        with pytest.raises(BuildError, match="cannot be read: no such file or directory"):
            inventory("a", labels=options)


def test_a_folder_without_a_clip_stops_the_build():
    with pytest.raises(BuildError) as caught:
        inventory([])
    assert caught.value.what == "there is no file of this form in it"
    assert caught.value.where == "root"


def test_clips_without_a_row_in_a_table_of_lengths_are_rejected(table):
    path = table("id,total_frames\na,7\n")
    labels, refused, _ = inventory("ab", total_frames=path)
    assert list(labels) == ["a"]
    assert refused == {"b": f"{path} has no row with this id"}
    for wrong in ("0", "-1", "x", "9" * 10):
        with pytest.raises(BuildError, match="is not a number of frames"):
            inventory("a", total_frames=table(f"id,total_frames\na,{wrong}\n"))


def test_the_second_file_with_an_id_is_rejected():
    labels, refused, found = inventory(["x/a", "y/a"], ids="name")
    assert list(labels) == ["a"]
    assert refused["a"] == "root/x/a.json has this id already"
    assert found.rejected[0].path == "root/y/a.json"
