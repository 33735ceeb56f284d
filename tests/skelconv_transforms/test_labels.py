from collections import Counter
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.memory import clip

from skelconv import BuildError, ClipDropped, ClipError
from skelconv.data.classes import class_name
from skelconv.plugin import Classes
from skelconv.testing import check_transform
from skelconv_transforms import plugin
from skelconv_transforms.labels import Relabel, Renumber, read_mapping

LABELS = (
    st.none()
    | st.integers(0, 6)
    | st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True).map(tuple)
)
MAPPINGS = st.dictionaries(st.integers(0, 6), st.integers(0, 3))


@given(label=st.integers(0, 6), mapping=MAPPINGS)
def test_one_label(label, mapping):
    one = clip(label=label)
    assert check_transform(Relabel(mapping, "keep"), one).label == mapping.get(label, label)
    if label in mapping:
        assert Relabel(mapping, "refuse")(one).label == mapping[label]
    else:
        with pytest.raises(ClipError, match=f"no label {label}"):
            Relabel(mapping, "refuse")(one)
        with pytest.raises(ClipDropped):
            Relabel(mapping, "drop")(one)


def test_several_labels():
    several = clip(label=(3, 1, 2))
    mapping = {1: 7, 3: 7, 2: 0}
    assert Relabel(mapping, "refuse")(several).label == (7, 0)
    del mapping[2]
    assert Relabel(mapping, "keep")(several).label == (7, 2)
    assert Relabel(mapping, "drop")(several).label == (7,)
    with pytest.raises(ClipError, match="no label 2"):
        Relabel(mapping, "refuse")(several)


def test_no_label_to_map():
    with pytest.raises(ClipError, match="no label"):
        Relabel({}, "keep")(clip(label=None))


def transformed(transform, labels):
    """What becomes of clips with these labels: pairs of the old and the new label."""
    pairs = []
    for label in labels:
        with suppress(ClipDropped, ClipError):
            pairs.append((label, transform(clip(label=label)).label))
    return pairs


@example(labels=[1], mapping={0: 1}, missing="keep", known=False, names=1)
@given(
    labels=st.lists(LABELS),
    mapping=MAPPINGS,
    missing=st.sampled_from(["refuse", "keep", "drop"]),
    known=st.booleans(),
    names=st.integers(0, 8),
)
def test_names_follow_the_labels(labels, mapping, missing, known, names):
    """A clip's class has its old name after it, alone or among those that it was joined with."""
    names = [f"class {number}" for number in range(names)]
    transform = Relabel(mapping, missing)
    pairs = transformed(transform, labels)
    after = transform.classes(Classes.of(names, labels if known else None))
    assert after.clips == (Counter(new for _, new in pairs) if known else None)
    joined = {}
    for old, new in pairs:
        if isinstance(old, int):
            joined.setdefault(new, set()).add(class_name(old, names))
            name = class_name(new, after.names)
            assert not name or class_name(old, names) in name.split(" / ")
    for number, of in joined.items():
        if known and not any(isinstance(label, tuple) for label in labels) and all(of):
            assert set(class_name(number, after.names).split(" / ")) == of


def test_names_of_labels_that_are_swapped_dropped_and_moved():
    swapped = Relabel({0: 1, 1: 0}).classes(Classes(("jump", "run")))
    assert swapped.names == ("run", "jump")
    moved = Relabel({49: 0}).classes(Classes.of([f"a{n + 1}" for n in range(60)], [49, 49]))
    assert (moved.names, moved.clips) == (("a50",), {0: 2})
    apart = Relabel({1: 3}, "drop").classes(Classes(("jump", "run")))
    assert apart.names == ("", "", "", "run")
    both = Relabel({0: 0, 1: 0, 2: 1}).classes(Classes(("jump", "hop", "run")))
    assert both.names == ("jump / hop", "run")
    assert Relabel({0: 10**12}).classes(Classes(("jump",))).names == ()


def test_a_class_without_a_clip_does_not_name_that_of_another():
    known = Classes.of([f"a{n + 1}" for n in range(60)], [49])
    after = Relabel({49: 0}, "keep").classes(known)
    assert (after.names[0], after.names[1], after.names[49]) == ("a50", "a2", "")


def test_a_class_that_also_gets_clips_of_no_class_has_no_name():
    after = Relabel({0: 0, 7: 0}).classes(Classes.of(["jump"], [0, 7]))
    assert after.names == ()


def settled(name, options, known):
    (offer,) = [one for one in plugin.skelconv_transforms() if one.name == name]
    return offer.settle(offer.options.model_validate(options), known)


NAMED = Classes(("jump", "run", "walk", "Run"))


@pytest.mark.parametrize(
    ("name", "options", "known", "expected"),
    [
        ("relabel", {"mapping": {"jump": 0, "3": 1}}, NAMED, {"mapping": {0: 0, 3: 1}}),
        ("relabel", {"mapping": {"walk": 0}}, NAMED, {"mapping": {2: 0}}),
        ("filter-label", {"keep": ["run", 0]}, NAMED, {"keep": (1, 0)}),
        ("filter-label", {"drop": ["run"]}, NAMED, {"drop": (1,), "keep": None}),
        ("renumber", {"labels": ["walk", 0]}, NAMED, {"labels": (2, 0)}),
        ("renumber", {}, Classes.of((), [9, 3, (5, 3), None]), {"labels": (3, 5, 9)}),
        ("renumber", {}, Classes.of((), []), {"labels": ()}),
    ],
)
def test_names_become_numbers_while_a_build_is_planned(name, options, known, expected):
    found = dict(settled(name, options, known))
    assert {key: found[key] for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "options", "known", "message"),
    [
        ("relabel", {"mapping": {"jmp": 0}}, NAMED, "no class 'jmp': did you mean 'jump'"),
        ("relabel", {"mapping": {"jump": 0, "0": 1}}, NAMED, "the label 0 is there twice"),
        ("relabel", {"mapping": {"jump": 0}}, Classes(), "names of the classes are not known"),
        ("relabel", {"mapping": {"a": 0}}, Classes(("a", "a")), "0 and 1 are both called 'a'"),
        ("filter-label", {"keep": ["rnu"]}, NAMED, "no class 'rnu': did you mean 'run'"),
        ("renumber", {"labels": ["run", 1]}, NAMED, "the label 1 is there twice"),
        ("renumber", {}, NAMED, "not known before the clips are loaded\n.*option 'labels'"),
    ],
)
def test_what_does_not_fit_the_classes(name, options, known, message):
    with pytest.raises(BuildError, match=message):
        settled(name, options, known)


def test_names_in_a_csv(tmp_path):
    path = tmp_path / "m.csv"
    path.write_text("old,new\nwalk away,1\n0,0\n")
    known = Classes(("jump", "walk away"))
    assert settled("relabel", {"csv": str(path)}, known).mapping == {1: 1, 0: 0}


@given(labels=st.lists(LABELS, min_size=1), order=st.permutations(range(7)), given_=st.booleans())
def test_renumber_closes_gaps_and_keeps_names(labels, order, given_):
    names = tuple(f"class {number}" for number in range(7))
    known = Classes.of(names, labels)
    numbers = known.labels
    options = {"labels": [number for number in order if number in numbers]} if given_ else {}
    if not numbers:
        return
    wanted = settled("renumber", options, known).labels
    assert wanted == (tuple(options["labels"]) if given_ else tuple(sorted(numbers)))
    transform = Renumber(wanted)
    pairs = transformed(transform, labels)
    assert len(pairs) == sum(label is not None for label in labels)
    for old, new in pairs:
        old, new = ((label,) if isinstance(label, int) else label for label in (old, new))
        assert [wanted[number] for number in new] == [*dict.fromkeys(old)]
    after = transform.classes(known)
    assert after.names == tuple(names[old] for old in wanted)
    assert after.clips == Counter(new for _, new in pairs)
    said = {f"{names[old]} {old} -> {new}" for new, old in enumerate(wanted) if old != new}
    assert {part for note in after.notes for part in note[len("renumber: ") :].split(", ")} == said


def test_a_label_without_a_new_number():
    with pytest.raises(ClipError, match="no label 2"):
        Renumber([1, 0])(clip(label=2))
    assert Renumber([0, 1]).classes(Classes()).notes == ()


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
        (b"old,new\n1,-2\n", r"m.csv:2: old must be a label or the name of a class"),
        (b"old,new\n1,\xc2\xb2\n", r"m.csv:2: old must be a label or the name of a class"),
        (b"old,new\n1,2\n1,3\n", r"m.csv:3: the label 1 is there twice"),
        (b"old,new\n\xff\n", r"m.csv:2: is not in UTF-8"),
        (b"old,new\n1," + b"9" * 5000, r"m.csv:2: old must be a label or the name of a class"),
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
