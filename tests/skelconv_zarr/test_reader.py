import json
import multiprocessing
import pickle
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import google_crc32c
import numpy as np
import pytest
import zarr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skelconv import Clip, ClipError, DatasetError, Field
from skelconv.testing import assert_same_clip
from skelconv_zarr.reader import ZarrReader

Write = Callable[..., Path]


def assert_reads(reader: ZarrReader, clips: Sequence[Clip]) -> None:
    assert len(reader) == len(clips)
    for number in [*range(len(clips)), *reversed(range(len(clips)))]:
        assert_same_clip(reader.read(number), clips[number])


def test_a_dataset_is_read_as_it_was_written(write: Write, clips: list[Clip]) -> None:
    splits = {"train": [0, 2, 3], "val": [1, 4], "a/b": [], "": [4]}
    path = write(clips, splits=splits, label_names=["a", "b"], info={"name": "toy"})
    reader = ZarrReader(str(path))
    assert_reads(reader, clips)
    assert list(reader.ids) == [clip.id for clip in clips]
    assert list(reader.labels) == [clip.label for clip in clips]
    assert reader.splits == splits
    assert list(reader.splits) == list(splits)
    assert reader.layout == "coco17"
    assert reader.label_names == ["a", "b"]
    assert reader.info == {"name": "toy"}
    assert reader.unknown == {}


@st.composite
def datasets(draw: st.DrawFn) -> list[Clip]:
    """Clips that go together, and have or lack what each may have or lack."""
    joints, axes = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    dtype = draw(st.sampled_from(["f2", "f4", "i4"]))
    scored = draw(st.booleans())
    kinds = draw(
        st.dictionaries(
            st.sampled_from(["box", "ids", "a/b", "."]),
            st.tuples(
                st.sampled_from(["", "M", "MTX", "TV"]), st.sampled_from(["f4", "?", "U3", "i8"])
            ),
            max_size=2,
        )
    )
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    clips = []
    for number in range(draw(st.integers(1, 5))):
        shape = (draw(st.integers(0, 3)), draw(st.integers(0, 40)), joints)
        lengths = dict(zip("MTVX", (*shape, 2), strict=True))
        present = [name for name in kinds if draw(st.booleans())]
        label = st.integers(0, 9)
        clips.append(
            Clip(
                f"{number}{draw(st.text(st.characters(codec='utf-8'), max_size=5))}",
                rng.normal(size=(*shape, axes)).astype(dtype),
                "any",
                label=draw(st.none() | label | st.lists(label, min_size=1).map(tuple)),
                keypoint_score=rng.random(shape, dtype="f4") if scored else None,
                img_shape=draw(st.none() | st.just((3, 4))),
                fields={
                    name: Field(
                        rng.integers(0, 2, [lengths[a] for a in kinds[name][0]]).astype(
                            kinds[name][1]
                        ),
                        kinds[name][0],
                    )
                    for name in present
                },
            )
        )
    return clips


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(clips=datasets())
@pytest.mark.usefixtures("small_shards")
def test_any_dataset_is_read_as_it_was_written(
    tmp_path_factory: pytest.TempPathFactory, write_to: Write, clips: list[Clip]
) -> None:
    path = write_to(tmp_path_factory.mktemp("any") / "any.zarr", clips)
    assert_reads(ZarrReader(str(path)), clips)
    shutil.rmtree(path)


def test_there_is_no_clip_past_the_ends(write: Write, clips: list[Clip]) -> None:
    reader = ZarrReader(str(write(clips)))
    for index in (-1, len(clips)):
        with pytest.raises(IndexError, match="there is no clip"):
            reader.read(index)


def read_all(reader: ZarrReader) -> list[Clip]:
    return [reader.read(index) for index in range(len(reader))]


def test_a_reader_is_opened_again_where_it_is_pickled_to(
    write: Write, clips: list[Clip], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = write(clips)
    monkeypatch.chdir(path.parent)
    reader = ZarrReader(path.name)
    reader.read(0)
    stored = pickle.dumps(reader)
    assert len(stored) < 500
    monkeypatch.chdir(tmp_path.parent)
    assert_reads(pickle.loads(stored), clips)


_shared: list[ZarrReader] = []


def _read_shared(index: int) -> Clip:
    return _shared[0].read(index)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.usefixtures("small_shards")
def test_a_reader_goes_through_a_fork(write: Write, clips: list[Clip]) -> None:
    reader = ZarrReader(str(write(clips)))
    reader.read(0)
    _shared[:] = [reader]
    with ProcessPoolExecutor(2, multiprocessing.get_context("fork")) as pool:
        for clip, read in zip(clips * 3, pool.map(_read_shared, [*range(5)] * 3), strict=True):
            assert_same_clip(read, clip)
    assert_reads(reader, clips)


@pytest.mark.usefixtures("small_shards")
def test_threads_share_a_reader(write: Write, clips: list[Clip]) -> None:
    reader = ZarrReader(str(write(clips)))
    with ThreadPoolExecutor(8) as pool:
        for clip, read in zip(clips * 20, pool.map(reader.read, [*range(5)] * 20), strict=True):
            assert_same_clip(read, clip)


def replace(path: Path, other: Path) -> None:
    """Put a dataset in the place of another, as a build does."""
    aside = path.with_name("aside")
    path.rename(aside)
    other.rename(path)
    shutil.rmtree(aside)


@pytest.mark.usefixtures("small_shards")
def test_a_dataset_that_is_built_again_is_read_to_the_end(write: Write) -> None:
    clips = plain_clips()
    path = write(clips)
    reader = ZarrReader(str(path))
    assert_same_clip(reader.read(0), clips[0])
    copy = pickle.dumps(reader)
    replace(path, write(clips, "again.zarr"))
    assert_reads(reader, clips)
    assert_reads(pickle.loads(copy), clips)


def attempt(reader: ZarrReader, index: int) -> Clip | None:
    try:
        return reader.read(index)
    except ClipError:
        return None


def other_values(clips: list[Clip]) -> list[Clip]:
    return [clip.replace(keypoint=clip.keypoint + 1) for clip in clips]


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("first", [True, False])
def test_another_dataset_in_its_place_is_never_mixed_with_it(write: Write, first: bool) -> None:
    clips = plain_clips()
    path = write(clips, codec="none")
    reader = ZarrReader(str(path))
    copy = pickle.dumps(reader)
    if first:
        assert_same_clip(reader.read(0), clips[0])
    replace(path, write(other_values(clips), "other.zarr", codec="none"))
    # What was opened already is still of the first dataset.
    read = [attempt(reader, index) for index in range(len(clips))]
    assert read == [None if clip is None else clips[n] for n, clip in enumerate(read)]
    with pytest.raises(ClipError, match="was replaced by another one"):
        reader.read(5)
    with pytest.raises(DatasetError, match="was replaced by another one while it was read"):
        pickle.loads(copy)


def test_a_dataset_that_was_moved_is_read_on(write: Write, clips: list[Clip]) -> None:
    path = write(clips)
    reader = ZarrReader(str(path))
    path.rename(path.with_name("moved.zarr"))
    assert_reads(reader, clips)


def plain_clips(number: int = 6) -> list[Clip]:
    rng = np.random.default_rng(8)
    return [
        Clip(f"clip{n}", rng.normal(size=(2, 16, 5, 3)).astype("f4"), "five", label=n)
        for n in range(number)
    ]


@pytest.mark.usefixtures("small_shards")
def test_a_clip_is_read_without_the_shards_of_others(write: Write) -> None:
    # 1200 bytes hold 20 rows of 60 bytes: 16 a chunk, 64 a shard, and so two clips a shard.
    clips = plain_clips()
    path = write(clips)
    (path / "keypoint/c/0/0/0").unlink()
    (path / "keypoint/c/2/0/0").write_bytes(b"")
    reader = ZarrReader(str(path))
    for index in (2, 3):
        assert_same_clip(reader.read(index), clips[index])
    with pytest.raises(ClipError, match=r"keypoint/c/0/0/0: this part of the dataset is missing"):
        reader.read(0)
    with pytest.raises(ClipError, match=r"keypoint/c/2/0/0: damaged: it is shorter than its index"):
        reader.read(5)


def edit(name: str, index: Any, value: Any) -> Callable[[Path], None]:
    def change(path: Path) -> None:
        zarr.open_array(path / name, mode="r+")[index] = value

    return change


def rewrite(key: str, change: Callable[[bytes], bytes]) -> Callable[[Path], None]:
    def rewrite_file(path: Path) -> None:
        (path / key).write_bytes(change((path / key).read_bytes()))

    return rewrite_file


def root(change: Callable[[Any], None]) -> Callable[[Path], None]:
    def change_bytes(data: bytes) -> bytes:
        content = json.loads(data)
        change(content)
        return json.dumps(content).encode()

    return rewrite("zarr.json", change_bytes)


def described(key: str, value: Any) -> Callable[[Path], None]:
    return root(lambda content: content["attributes"]["skelconv"].update({key: value}))


def metadata(name: str, **changes: Any) -> Callable[[Path], None]:
    return root(lambda c: c["consolidated_metadata"]["metadata"][name].update(changes))


def forget(name: str) -> Callable[[Path], None]:
    return root(lambda content: content["consolidated_metadata"]["metadata"].pop(name))


def swap_shards(path: Path) -> None:
    one, other = path / "keypoint/c/0/0/0", path / "keypoint/c/1/0/0"
    first, second = one.read_bytes(), other.read_bytes()
    one.write_bytes(second)
    other.write_bytes(first)


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]


def huge_chunk(data: bytes) -> bytes:
    """Let the first chunk claim four gigabytes, with all checksums right."""
    index_bytes = 4 * 16
    index = np.frombuffer(data[-index_bytes - 4 : -4], "<u8").reshape(-1, 2)
    start, length = index[0].tolist()
    chunk = bytearray(data[start : start + length - 4])
    chunk[4:8] = b"\xff\xff\xff\xff"
    chunk += google_crc32c.value(bytes(chunk)).to_bytes(4, "little")
    return data[:start] + bytes(chunk) + data[start + length :]


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: (path / "zarr.json").unlink(), "there is no Zarr dataset"),
        (lambda path: shutil.rmtree(path), "there is no Zarr dataset"),
        (rewrite("zarr.json", lambda data: data[:-20]), "zarr.json: is not valid JSON"),
        (rewrite("zarr.json", lambda data: b"\xff\x00"), "zarr.json: is not in UTF-8"),
        (
            rewrite("zarr.json", lambda data: b"[" * 10**6),
            r"zarr.json: (is not valid JSON|.* takes more than)",
        ),
        (
            rewrite("zarr.json", lambda data: b"[1]"),
            "not a Zarr dataset of skelconv, or it was not",
        ),
        (root(lambda content: content["attributes"].clear()), "was not written to its end"),
        (described("version", 2), "has format 2, and this skelconv reads format 1"),
        (described("fields", 3), "the dataset is damaged: AttributeError"),
        (described("fields", {"f": {"axes": "T", "text": False}}), "'field/f/value' is missing"),
        (metadata("offset", shape=[10**15]), "'offset' is not stored as skelconv stores it"),
        (forget("offset"), "the array 'offset' is missing"),
        (forget("keypoint"), "the array 'keypoint' is missing"),
        (metadata("keypoint", shape=[160, 5, 3]), "offset ends at row 192 of 160"),
        (metadata("keypoint", shape=[192, 15]), "'keypoint' is not stored as skelconv stores it"),
        (metadata("offset", shape=[10**14]), r"'offset' has shape \(10+,\), and there are 6"),
        (edit("offset", 3, 95), "offset gives clip 2 31 rows for 2 persons and 16 frames"),
        (edit("offset", 3, 40), "offset gives clip 2 -24 rows"),
        (edit("offset", slice(None), np.arange(7) * 32 + 32), "offset does not have a place"),
        (edit("offset", 6, 10**9), "offset gives clip 5"),
        (edit("num_person", 1, 3), "offset gives clip 1 32 rows for 3 persons and 16 frames"),
        (edit("total_frames", 1, -16), "offset gives clip 1 32 rows for 2 persons and -16 frames"),
        (lambda path: (path / "offset/c/0").unlink(), "offset/c/0: this part of the dataset is mi"),
        (rewrite("offset/c/0", lambda data: flipped(data, 3)), "a chunk does not fit its checksum"),
        (rewrite("offset/c/0", lambda data: flipped(data, -9)), "the index does not fit its check"),
        (rewrite("offset/c/0", lambda data: data[:-1]), "the index does not fit its checksum"),
        (rewrite("offset/c/0", lambda data: data[:10]), "it is shorter than its index"),
        (rewrite("offset/c/0", lambda data: data[10:]), "a chunk (does not fit|lies past)"),
    ],
)
def test_a_damaged_dataset_does_not_open(
    write: Write, damage: Callable[[Path], None], message: str
) -> None:
    path = write(plain_clips())
    damage(path)
    with pytest.raises(DatasetError, match=message) as caught:
        ZarrReader(str(path))
    assert str(path) in str(caught.value)


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize("codec", ["none", "lz4"])
@pytest.mark.parametrize(
    ("damage", "message", "hit"),
    [
        (swap_shards, "clip . does not fit its checksum", {0, 1, 2, 3}),
        (edit("label", 4, 0), "clip 4 does not fit its checksum", {4}),
        (edit("frame_dir", 4, "clip5"), "clip 4 does not fit its checksum", {4}),
        (edit("keypoint", (0, 0, 0), 9.0), "clip 0 does not fit its checksum", {0}),
        (edit("checksum", 2, 0), "clip 2 does not fit its checksum", {2}),
        (described("layout", "six"), "does not fit its checksum", {0, 1, 2, 3, 4, 5}),
        (forget("checksum"), "the array 'checksum' is missing", {0, 1, 2, 3, 4, 5}),
        (metadata("label", shape=[5]), r"'label' has shape \(5,\), and there are 6", {*range(6)}),
        (
            rewrite("keypoint/c/1/0/0", huge_chunk),
            "4294967295 bytes instead of 960|clip 2 does not fit its checksum",
            {2},
        ),
        (rewrite("keypoint/c/1/0/0", lambda d: flipped(d, 9)), "does not fit its checksum", {2}),
        (rewrite("keypoint/c/1/0/0", lambda d: d[:-9]), "the index does not fit", {2, 3}),
    ],
)
def test_damage_affects_only_the_clips_that_it_touches(
    write: Write, damage: Callable[[Path], None], message: str, hit: set[int], codec: str
) -> None:
    clips = plain_clips()
    path = write(clips, codec=codec)
    damage(path)
    reader = ZarrReader(str(path))
    for index, clip in enumerate(clips):
        if index in hit:
            with pytest.raises(ClipError, match=message):
                reader.read(index)
        else:
            assert_same_clip(reader.read(index), clip)


def test_of_chunks_that_are_not_compressed_only_the_rows_of_the_clip_are_read(write: Write) -> None:
    clips = plain_clips()
    path = write(clips)
    shard = path / "keypoint/c/0/0/0"
    row = 5 * 3 * 4
    shard.write_bytes(flipped(shard.read_bytes(), 2 * 32 * row))
    reader = ZarrReader(str(path))
    for index in (5, 1, 3, 0, 4):
        assert_same_clip(reader.read(index), clips[index])
    with pytest.raises(ClipError, match="clip 2 does not fit its checksum"):
        reader.read(2)
    with pytest.raises(ValueError, match=r"(?i)checksum"):
        zarr.open_array(path / "keypoint", mode="r")[:]


def places(change: Callable[[np.ndarray], None]) -> Callable[[bytes], bytes]:
    """Change where a shard of four chunks says that they are, with the checksum right."""

    def rewritten(data: bytes) -> bytes:
        index = np.frombuffer(data[-68:-4], "<u8").reshape(-1, 2).copy()
        change(index)
        body = index.tobytes()
        return data[:-68] + body + google_crc32c.value(body).to_bytes(4, "little")

    return rewritten


@pytest.mark.usefixtures("small_shards")
@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ((0, 1), 963, "a chunk has 963 bytes instead of 964"),
        ((0, 1), 0, "a chunk has 0 bytes instead of 964"),
        ((0, 0), 2**40, "a chunk lies past its end"),
        ((0, 0), 2**64 - 2, "a chunk lies past its end"),
        ((0, 0), 2**64 - 1, "a chunk is missing"),
        ((0, 0), 1, "clip 0 does not fit its checksum"),
        ((0, 1), 2**63, "its chunks lie over one another"),
    ],
)
def test_chunks_that_are_not_where_they_must_be_are_errors(
    write: Write, place: tuple[int, int], value: int, message: str
) -> None:
    path = write(plain_clips())

    def change(index: np.ndarray) -> None:
        index[place] = value

    rewrite("keypoint/c/0/0/0", places(change))(path)
    with pytest.raises(ClipError, match=message):
        ZarrReader(str(path)).read(0)


def test_a_shard_that_is_cut_while_it_is_open_is_an_error(write: Write) -> None:
    path = write(plain_clips())
    reader = ZarrReader(str(path))
    reader.read(0)
    with open(path / "keypoint/c/0/0/0", "r+b") as shard:
        shard.truncate(100)
    with pytest.raises(ClipError, match=r"keypoint/c/0/0/0: damaged: a chunk is cut off"):
        reader.read(1)


def test_splits_that_name_no_clip_are_errors(write: Write) -> None:
    path = write(plain_clips(), splits={"train": [0, 5]})
    edit("split/train", 1, 6)(path)
    with pytest.raises(DatasetError, match="the split 'train' names clips that are not there"):
        _ = ZarrReader(str(path)).splits


def test_labels_that_do_not_fit_are_errors(write: Write) -> None:
    clips = [clip.replace(label=(1, 2)) for clip in plain_clips()]
    path = write(clips)
    edit("num_label", 0, 3)(path)
    with pytest.raises(ClipError, match="num_label does not fit label"):
        ZarrReader(str(path)).read(0)


def test_fields_that_do_not_fit_are_errors(write: Write, clips: list[Clip]) -> None:
    path = write(clips)
    edit("field/kept/shape", (0, 0), 8)(path)
    with pytest.raises(ClipError, match="the shapes of a field do not fit its values"):
        ZarrReader(str(path)).read(0)


def test_a_field_of_fewer_clips_than_there_are_is_an_error(write: Write) -> None:
    first, second = plain_clips(2)
    path = write([first.replace(fields={"x": Field(np.arange(3), "a")}), second])
    root = json.loads((path / "zarr.json").read_text())
    root["consolidated_metadata"]["metadata"]["field/x/shape"]["shape"][0] = 1
    (path / "zarr.json").write_text(json.dumps(root))
    with pytest.raises(ClipError, match="a field has no shape for this clip"):
        ZarrReader(str(path)).read(1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, write_to: Write) -> Path:
    clips = [
        clip.replace(fields={"x": Field(np.arange(16), "T")}, img_shape=(3, 4))
        for clip in plain_clips(2)
    ]
    return write_to(tmp_path_factory.mktemp("whole") / "whole.zarr", clips)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_flipped_bit_gives_another_clip_without_an_error(
    whole: Path, data: st.DataObject
) -> None:
    expected = read_all(ZarrReader(str(whole)))
    files = sorted(file for file in whole.rglob("*") if file.is_file())
    file = data.draw(st.sampled_from(files))
    before = file.read_bytes()
    position = data.draw(st.integers(0, len(before) - 1))
    bit = 1 << data.draw(st.integers(0, 7))
    file.write_bytes(before[:position] + bytes([before[position] ^ bit]) + before[position + 1 :])
    try:
        for one, other in zip(expected, read_all(ZarrReader(str(whole))), strict=True):
            assert_same_clip(one, other)
    except (ClipError, DatasetError):
        pass
    finally:
        file.write_bytes(before)
