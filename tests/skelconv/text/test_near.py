"""Names that nearly match, against names that are made to differ in known ways."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv.text.near import WAYS, NearMatch, near_match, without


@pytest.mark.parametrize(
    ("listed", "found", "ways"),
    [
        ("vid1.mp4", "vid1", ("ending",)),
        ("vid1", "vid1.AVI", ("ending",)),
        ("S001.skeleton.npy", "S001", ("ending",)),
        ("S001.skeleton", "S001", ("ending",)),
        ("jump/vid1", "vid1", ("folder",)),
        ("vid1", "jump/high/vid1", ("folder",)),
        ("jump\\vid1", "vid1", ("folder",)),
        ("VID1", "vid1", ("capitals",)),
        ("vid1", "vid0001", ("zeros",)),
        ("vid1 (1)", "vid1", ("copy",)),
        ("vid1", "vid1 (12)", ("copy",)),
        ("vid1 - Copy", "vid1", ("copy",)),
        ("vid1(1).mp4", "vid1.mp4", ("copy",)),
        ("e\u0301lan", "\u00e9lan", ("accents",)),
        ("Jump/VID007.mp4", "vid7", ("folder", "ending", "capitals", "zeros")),
    ],
)
def test_one_pair(listed: str, found: str, ways: tuple[str, ...]) -> None:
    assert near_match([listed], [found]) == NearMatch(ways, 1, listed, found)


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        (["a"], ["b"]),
        (["v1.5"], ["v1"]),
        ([".mp4"], ["x.mp4"]),
        (["vid1"], ["vid1"]),
        (["1", "001"], ["01"]),
        (["1"], ["a/1", "b/1"]),
        (["x" * 301], ["X" * 301]),
        ([], ["a"]),
        (["a"], []),
    ],
)
def test_no_pair(listed: list[str], found: list[str]) -> None:
    assert near_match(listed, found) is None


def test_what_matches_already_is_not_counted() -> None:
    match = near_match(["a", "b", "c.mp4"], ["a", "b", "c"])
    assert match == NearMatch(("ending",), 1, "c.mp4", "c")


def test_names_that_are_in_many_folders_keep_them() -> None:
    listed = [f"{kind}/{n}.mp4" for kind in ("jump", "run") for n in range(20)]
    found = [f"{kind}/{n:03}" for kind in ("jump", "run") for n in range(20)]
    assert near_match(listed, found) == NearMatch(("ending", "zeros"), 40, "jump/0.mp4", "jump/000")


def test_all_of_a_long_list_are_counted() -> None:
    numbers = range(5000)
    match = near_match((f"clip{n}.avi" for n in numbers), (f"clip{n}" for n in numbers))
    assert match == NearMatch(("ending",), 5000, "clip0.avi", "clip0")


STEMS = st.text(string.ascii_lowercase, min_size=1, max_size=6).map(lambda stem: f"{stem}x")
CHANGES = {
    "folder": lambda name: f"some/{name}",
    "ending": lambda name: f"{name}.mp4",
    "capitals": str.upper,
    "copy": lambda name: f"{name} (1)",
}


@given(st.sets(STEMS, min_size=1, max_size=30), st.sampled_from(sorted(CHANGES)), st.booleans())
def test_every_name_that_is_changed_in_one_way(stems: set[str], way: str, theirs: bool) -> None:
    changed = [CHANGES[way](stem) for stem in stems]
    listed, found = (sorted(stems), changed) if theirs else (changed, sorted(stems))
    match = near_match(listed, found)
    assert match is not None
    assert (match.ways, match.count) == ((way,), len(stems))


@given(st.sets(st.text(max_size=8), max_size=20), st.sets(st.text(max_size=8), max_size=20))
def test_a_match_is_one_by_its_own_words(listed: set[str], found: set[str]) -> None:
    match = near_match(listed, found)
    assert match == near_match(sorted(listed, reverse=True), sorted(found, reverse=True))
    if match is None:
        return
    assert match.listed in listed - found
    assert match.found in found - listed
    assert match.listed != match.found
    assert without(match.listed, match.ways) == without(match.found, match.ways)
    for way in match.ways:
        fewer = [other for other in match.ways if other != way]
        assert without(match.listed, fewer) != without(match.found, fewer)
    assert 1 <= match.count <= min(len(listed - found), len(found - listed))
    assert set(match.ways) <= set(WAYS)
