"""What a pickle holds, kept in the user's cache."""

import os
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

import skelconv
from skelconv import Dataset
from skelconv.plugin import OwnLayout
from skelconv_pickle import index, reader
from skelconv_pickle.contents import read_contents
from skelconv_pickle.values import decoded, encoded

RANDOM = np.random.default_rng(4)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "skelconv" / "pickles"


def annotation(name: str, label: Any = 1, **more: Any) -> dict[str, Any]:
    keypoint = RANDOM.normal(size=(2, 30, 25, 3))  # 36 kB
    return {"frame_dir": name, "label": label, "keypoint": keypoint, "total_frames": 30, **more}


def write(path: Path, *, protocol: int = 4, count: int = 40, **more: Any) -> Path:
    """Write a pickle of more than a megabyte, as other programs write theirs."""
    shared = {"kind": "shared", "numbers": [1, 2.5, None, True]}
    annotations = [
        annotation(f"clip{number}", number % 3, note="x", about=shared, **more)
        for number in range(count)
    ]
    names = [one["frame_dir"] for one in annotations]
    content = {
        "split": {"train": names[::2], "val": [*names[1::2], "gone"]},
        "annotations": annotations,
    }
    path.write_bytes(pickle.dumps(content, protocol))
    return path


def everything(dataset: Dataset) -> Any:
    return (
        list(dataset.ids),
        list(dataset.labels),
        {name: list(part) for name, part in dataset.splits.items()},
        list(dataset.label_names),
        dict(dataset.info),
        dataset.sizes,
        list(dataset),
    )


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Make reading a pickle as a whole an error from now on."""

    def refuse(path: Path) -> Any:
        raise AssertionError(f"{path} is read as a whole")

    return lambda: monkeypatch.setattr(reader, "read_contents", refuse)


# Of protocol 0, which nobody uses for arrays, all is in memory anyway: it has no index.
@pytest.mark.parametrize("protocol", range(1, 6))
def test_the_second_opening_reads_no_pickle(tmp_path: Path, unread: Any, protocol: int) -> None:
    path = write(tmp_path / "a.pkl", protocol=protocol)
    first = everything(skelconv.open(path))
    unread()
    assert everything(skelconv.open(path)) == first
    with path.open("rb") as file:
        content = pickle.load(file)
    clip = skelconv.open(path)["clip7"]
    assert clip.keypoint.tobytes() == content["annotations"][7]["keypoint"].tobytes()


def test_values_of_all_kinds(tmp_path: Path, unread: Any) -> None:
    path = write(
        tmp_path / "a.pkl",
        big=10**30,
        floats=[float("inf"), float("-inf"), 1e-320],
        text="über \ud800",
        raw=b"\x00\xff",
        objects=np.array(["a", None], object),
        small=np.arange(3, dtype=">i2"),
        transposed=np.arange(6.0).reshape(2, 3).T,
        pair=(1, (2, "x")),
        by_number={1: "a", 2: "b"},
    )
    before = read_contents(path)
    index.keep(before)
    after = index.stored(path)
    assert after is not None
    for name in ("ids", "labels", "sizes", "splits"):
        assert list(getattr(after, name) or ()) == list(getattr(before, name) or ())
    assert (after.splits, after.unknown) == (before.splits, before.unknown)
    assert after.sizes is not None
    assert before.sizes is not None
    assert (after.sizes[-1], list(after.sizes[3:5])) == (before.sizes[-1], before.sizes[3:5])
    assert [dict(one) for one in after.annotations] == [dict(one) for one in before.annotations]
    assert dict(after.annotations[-1]) == dict(before.annotations[-1])
    assert len(after.annotations[3:5]) == 2
    with pytest.raises(IndexError):
        after.annotations[40]


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary(),
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(values)
def test_any_value_comes_back(value: Any) -> None:
    import json

    back = decoded(json.loads(encoded(value)))
    assert repr(back) == repr(value)


numbers = st.integers(-(2**64), 2**64) | st.integers(0, 3)
arrays = st.sampled_from(
    [
        np.zeros((1, 2, 25, 3), np.float16),
        np.ones((30, 4)),
        np.ones((4, 30)).T,
        np.zeros((2, 3, 30, 3)).transpose(0, 2, 1, 3),
        np.arange(3),
        np.array(["a", None], object),
    ]
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"frame_dir": st.sampled_from("abc"), "keypoint": st.just(np.ones((1, 20, 25, 3)))},
            optional={
                "label": numbers | st.just([1]),
                "img_shape": st.tuples(numbers, numbers) | st.just((True, 1)) | st.just(()),
                "box": arrays,
                "note": st.sampled_from("abc"),
            },
        ),
        min_size=1,
        max_size=4,
    ),
    st.booleans(),
    st.integers(1, 5),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([{"frame_dir": "a", "keypoint": np.ones((1, 20, 25, 3)), "label": 2**70}], True, 4)
def test_any_annotations_come_back(
    tmp_path: Path, annotations: list[dict[str, Any]], alike: bool, protocol: int
) -> None:
    if alike:  # all have the keys of the first
        annotations = [{**annotations[0], **one} for one in annotations]
        annotations = [{key: one[key] for key in annotations[0]} for one in annotations]
    path = tmp_path / "a.pkl"
    path.write_bytes(pickle.dumps({"annotations": annotations, "x": bytes(1 << 20)}, protocol))
    before = read_contents(path)
    index.keep(before)
    after = index.stored(path)
    assert after is not None
    for place, annotation in enumerate(before.annotations):
        assert repr(after.annotations[place]) == repr(annotation)
    assert list(after.labels) == list(before.labels)
    assert list(map(type, after.labels)) == list(map(type, before.labels))


def test_what_is_put_in_its_place_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "a.pkl")
    skelconv.open(path)
    write(path, count=41)
    assert len(skelconv.open(path)) == 41
    # The same size and time, another content at its end.
    status = path.stat()
    changed = path.read_bytes().replace(b"clip40", b"clap40")
    path.write_bytes(changed)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "clap40" in skelconv.open(path).ids


def test_another_file_at_the_same_path_of_another_folder(tmp_path: Path) -> None:
    paths = [write(tmp_path / name / "a.pkl", count=count) for name, count in made(tmp_path)]
    assert [len(skelconv.open(path)) for path in paths * 2] == [40, 41, 40, 41]


def made(folder: Path) -> list[tuple[str, int]]:
    pairs = [("one", 40), ("two", 41)]
    for name, _ in pairs:
        (folder / name).mkdir()
    return pairs


def test_a_damaged_index_is_made_again(tmp_path: Path, cache: Path) -> None:
    path = write(tmp_path / "a.pkl")
    first = everything(skelconv.open(path))
    (entry,) = cache.iterdir()
    whole = entry.read_bytes()
    for at in (0, 17, 40, len(whole) // 2, len(whole) - 1):
        entry.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert everything(skelconv.open(path)) == first
        assert entry.read_bytes() == whole
        entry.write_bytes(whole[:at])
        assert everything(skelconv.open(path)) == first
        assert entry.read_bytes() == whole


def test_a_cache_that_cannot_be_written(tmp_path: Path, cache: Path) -> None:
    path = write(tmp_path / "a.pkl")
    cache.parent.mkdir(parents=True)
    cache.write_text("a file")
    assert len(skelconv.open(path)) == 40
    assert cache.read_text() == "a file"


def test_small_pickles_and_shared_lists_leave_no_index(tmp_path: Path, cache: Path) -> None:
    skelconv.open(write(tmp_path / "small.pkl", count=2))
    assert not cache.exists()
    # As large as the file for each annotation.
    long = ["x" * 50] * 200
    content = [annotation(f"clip{number}", about=long) for number in range(900)]
    for one in content:
        one["keypoint"] = np.zeros((1, 1, 25, 3), np.float16)
    path = tmp_path / "shared.pkl"
    path.write_bytes(pickle.dumps([*content, annotation("last", data=np.zeros(10**6, np.uint8))]))
    assert len(skelconv.open(path)) == 901
    assert not cache.exists()


def test_old_ones_are_removed(tmp_path: Path, cache: Path) -> None:
    cache.mkdir(parents=True)
    for number in range(70):
        (cache / f"old{number}").touch()
        os.utime(cache / f"old{number}", (number, number))
    skelconv.open(write(tmp_path / "a.pkl"))
    left = {entry.name for entry in cache.iterdir()}
    assert len(left) == 32
    assert {"old69", "old39"} <= left
    assert "old38" not in left


def test_a_layout_of_its_own(tmp_path: Path, unread: Any) -> None:
    joints = [f"joint{number}" for number in range(25)]
    parents = dict.fromkeys(joints[1:], joints[0])
    layout = {"name": "mine25", "joints": joints, "parents": parents}
    path = write(tmp_path / "a.pkl", layout=layout)
    first = skelconv.open(path)[0].layout
    unread()
    again = skelconv.open(path)[0].layout
    assert isinstance(again, OwnLayout)
    assert (again, again.layout) == (first, first.layout)
    assert again.layout.joints == tuple(joints)
