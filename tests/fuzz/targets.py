"""What is fuzzed: each reader with inputs to begin with, and the errors that it may raise."""

import io
import json
import os
import pickle
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from support import matlab
from support.assembly import Encoded
from support.memory import clip

from skelconv import ClipError, Field
from skelconv.data.errors import SkelconvError

Read = Callable[[bytes], None]
# What a driver reports or quarantines.
ERRORS = (SkelconvError, ClipError)


@dataclass(frozen=True)
class Target:
    """A reader.

    `make` makes a folder to read in; `words` are parts of the format.
    """

    name: str
    make: Callable[[], Read]
    seeds: Callable[[], Sequence[bytes]]
    words: Sequence[bytes] = ()


def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


# Pickles.


def _read_pickle() -> Read:
    from skelconv.unpickler import load_all, read_pickle
    from skelconv_babel.labels import read_entries
    from skelconv_pickle.reader import open_pickle
    from skelconv_pickle.source import PickleSource
    from skelconv_video.box_files import read_boxes

    path = _folder() / "a.pkl"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        value = read_pickle(path)
        with suppress(ValueError), path.open("rb") as file:
            load_all(value, file)
        with suppress(*ERRORS):
            read_entries(path, 60)
        with suppress(*ERRORS):
            boxes = read_boxes("pickle", str(path), None)
            boxes("a", (480, 640)).all(2)
        reader = open_pickle(str(path))
        source = PickleSource(str(path))
        _read_all(reader, [source.load, source.inventory().items])

    return read


def _read_all(reader: Any, source: Any = None) -> None:
    assert len(reader.labels) == len(reader.ids)
    for clip_id in reader.ids:
        assert clip_id.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass") == clip_id
    assert all(map(len, map(list, reader.splits.values()))) in (True, False)
    for index in range(min(len(reader.ids), 5)):
        with suppress(ClipError):
            reader.read(index)
    if source:
        load, items = source
        for item in items[:5]:
            with suppress(ClipError):
                load(item)


def _pickles() -> list[bytes]:
    keypoint = np.ones((1, 2, 17, 2), np.float16)
    annotations: list[dict[str, Any]] = [
        {"frame_dir": "a", "label": 1, "total_frames": 2, "keypoint": keypoint},
        {"frame_dir": "b", "label": [1, 2], "img_shape": (4, 5), "keypoint": keypoint.tolist()},
        {"frame_dir": "c", "label": np.array([1]), "keypoint": np.ones((1, 50, 17, 2))},
        {"frame_dir": "d", "frame_inds": np.arange(2), "box_score": np.ones(2), "valid": {0.5: 2}},
        {"frame_dir": "e", "keypoint": np.ones((1, 17, 2, 2), np.float32).transpose(0, 2, 1, 3)},
    ]
    layout = {"name": "x", "joints": ["a", "b"], "parents": {"b": "a"}, "limbs": [["a", "b"]]}
    own = [
        {"frame_dir": name, "keypoint": np.ones((1, 2, 2, 2)), "layout": layout} for name in "ab"
    ]
    texts = np.array(["a", "d"])
    whole = {
        "split": {"train": ["a", "b"], "val": {"c"}, "x": texts, "y": texts.astype(object)},
        "annotations": annotations,
    }
    ids = (["1", "2"], ([5, 6], ["3", "4"], [0, 1], np.array([7, 8])))
    boxes = {"a": [np.ones((1, 5), np.float32), np.zeros((0, 4))], "b": {0: [[1, 2, 3, 4]]}}
    values = [whole, annotations, annotations[0], own, ids, boxes, {1, 2.5, None, frozenset("ab")}]
    # Of which any part may be repeated.
    bombs = [b"(\x91", b"(l", b"}", b"N\x85", b"}NNs", b"\x8f(K\x01\x90", b"\x94", b"M\x01\x01"]
    return [
        *(pickle.dumps(value, protocol) for value in values for protocol in (0, 2, 4, 5)),
        *(b"\x80\x04](N" + bomb * 9 + b"e." for bomb in bombs),
    ]


_OPCODES = [
    *(bytes([code]) for code in b"()]}te0abdilsu12NR\x81\x85\x86\x87\x88\x89\x8f\x90\x91\x93\x94."),
    b"K\x01", b"h\x00", b"h\x01", b"q\x00", b"q\x01", b"r\x00\x00\x00\x01", b"j\x00\x00\x00\x01",
    b"\x8c\x01a", b"C\x01b", b"X\x00\x04\x00\x00", b"\x8e\x00\x04\x00\x00\x00\x00\x00\x00",
    b"cnumpy\ndtype\n", b"\x8c\x02f4", b"\x8c\x02U1", b"cnumpy.core.multiarray\n_reconstruct\n",
    b"cnumpy\nndarray\n", b"cnumpy.core.multiarray\nscalar\n", b"c_codecs\nencode\n",
    b"\x8c\x06latin1", b"cbuiltins\nset\n", b"cbuiltins\nfrozenset\n", b"cbuiltins\nbytes\n",
    b"cnumpy.core.numeric\n_frombuffer\n", b"ccollections\nOrderedDict\n", b"\x8c\x01K",
    b"\x8c\x02O8", b"ccollections\ndefaultdict\n", b"ccollections\nCounter\n", b"J\xff\xff\xff\xff",
    b"I01\n", b"L5L\n", b"F1.5\n", b"S'x'\n", b"Vx\n", b"p0\n", b"g0\n",
    b"G?\xf0\x00\x00\x00\x00\x00\x00",
    b"\x8a\x08\xff\xff\xff\xff\xff\xff\xff\x7f",
]  # fmt: skip


# Arrays.


def _read_npy() -> Read:
    from skelconv_babel.files import map_keypoints, read_segment
    from skelconv_posefiles.formats import mediapipe
    from skelconv_posefiles.poses import Form, to_clip

    path = _folder() / "a.npy"
    parse = mediapipe.parser(".npy", 2)
    form = Form("blazepose33", units="fractions", img_shape=(9, 9))
    sources = [
        _clips_of("pose-array", path, layout="coco17"),
        _clips_of("pose-array", path, layout="coco17", axes="NCTVM", channels="xy"),
    ]

    def read(data: bytes) -> None:
        path.write_bytes(data)
        with suppress(*ERRORS):
            array = map_keypoints(path)
            for row in range(min(len(array), 2)):
                read_segment(array, row)
        with suppress(ClipError):
            to_clip("a", parse(data), form)
        for clips in sources:
            clips()

    return read


def _clips_of(name: str, path: Path, **options: Any) -> Callable[[], None]:
    """Return what reads all clips of a source that has one file."""
    from skelconv.plugin.use import use_plugin

    use = use_plugin("source", name, {"root": str(path.parent), "files": path.name, **options})

    def clips() -> None:
        source = use.make()
        with suppress(*ERRORS):
            for item in source.inventory().items:
                with suppress(*ERRORS):
                    source.load(item)

    return clips


def _arrays() -> list[bytes]:
    arrays = [
        np.ones((2, 3, 17, 3), np.float32),
        np.ones((3, 17, 3)),
        np.ones((3, 2, 2), ">i2"),
        np.asfortranarray(np.ones((2, 300, 2, 2), np.int8)),
        np.ones((3, 33, 4), np.float16),
        np.ones((1, 3, 150, 25, 1), np.float32),
    ]
    found = []
    for array in arrays:
        file = io.BytesIO()
        np.save(file, array)
        found.append(file.getvalue())
    return found


# JSON.


def _read_json() -> Read:
    from skelconv.files import JsonFile, parse_json
    from skelconv_posefiles.formats import alphapose, coco, kinetics, mediapipe, mmpose, openpose
    from skelconv_posefiles.formats.ultralytics import UltralyticsFrames, parse_video
    from skelconv_posefiles.frame_files import Frames
    from skelconv_posefiles.poses import Form, PoseSequence, Skeleton, to_clip
    from skelconv_splits.forms.diving48 import diving48
    from skelconv_video.box_files import read_boxes
    from skelconv_video.cuts import finegym

    path = _folder() / "a.json"

    def frames(data: bytes) -> Iterable[PoseSequence]:
        openpose.further_in(data)
        people = openpose.parse_frame(data, tuple(openpose.FURTHER))
        yield PoseSequence([Skeleton(0, p.position, p.keypoint, p.score) for p in people])

    def of_frame(frames: Frames, data: bytes) -> PoseSequence:
        frames.add(1, data)
        return frames.poses()

    def clips(data: bytes) -> Iterable[PoseSequence]:
        index = coco.read_index(JsonFile(io.BytesIO(data)), "coco17")
        return (index.poses(name, io.BytesIO(data)) for name in index.clips)

    parsers: list[tuple[Callable[[bytes], Iterable[PoseSequence]], Form]] = [
        (frames, Form("openpose137")),
        (lambda data: [kinetics.parse(data)], Form("openpose18")),
        (lambda data: [mmpose.parse(JsonFile(io.BytesIO(data)), "coco17")], Form("coco17")),
        (lambda data: [of_frame(mmpose.ImageFrames("coco17"), data)], Form("coco17")),
        (lambda data: [of_frame(UltralyticsFrames("json", 17), data)], Form("coco17")),
        (lambda data: [parse_video(JsonFile(io.BytesIO(data)))], Form("coco17")),
        (lambda data: [alphapose.parse(JsonFile(io.BytesIO(data)))], Form("coco17")),
        (clips, Form("coco17")),
        (
            lambda data: [mediapipe.parser(".json", 3)(data)],
            Form("blazepose33", 3, units="signed-fractions", img_shape=(9, 9)),
        ),
    ]

    def read(data: bytes) -> None:
        for nan in (False, True):
            with suppress(ClipError):
                parse_json(data, nan=nan)
        for parse, form in parsers:
            with suppress(ClipError):
                for poses in parse(data):
                    with suppress(ClipError):
                        to_clip("a", poses, form)
        path.write_bytes(data)
        with suppress(*ERRORS):
            list(diving48(path, "train"))
        with suppress(*ERRORS):
            list(finegym(path))
        boxes = read_boxes("json", str(path), None)
        boxes("a", (480, 640)).all(2)

    return read


def _documents() -> list[bytes]:
    from skelconv_layouts.coco import COCO17

    body = [1.5, 2.0, 0.5] * 17
    points = [[1.5, 2.0]] * 17
    landmark = {"x": 0.5, "y": 0.5, "z": 0.1, "visibility": 0.9}
    values = [
        {"version": 1.3, "people": [{"person_id": [-1], "pose_keypoints_2d": [1, 2, 0.5] * 25}]},
        {"people": [{"pose_keypoints_2d": [1, 2, 0.5] * 25, "hand_left_keypoints_2d": [1] * 63}]},
        {
            "data": [
                {"frame_index": 1, "skeleton": [{"pose": [0.1, 0.2] * 18, "score": [0.5] * 18}]}
            ],
            "label": "wave",
            "label_index": 3,
        },
        [{"frame_id": 0, "instances": [{"keypoints": points, "keypoint_scores": [0.5] * 17}]}],
        {
            "meta_info": {"keypoint_id2name": dict(enumerate(COCO17.joints))},
            "instance_info": [{"frame_id": 1, "instances": [{"keypoints": points}]}],
        },
        [{"image_id": "1.jpg", "category_id": 1, "keypoints": body, "score": 2.1, "idx": 1}],
        {"1.jpg": {"version": "v", "people": [{"pose_keypoints_2d": body}]}},
        {"1": {"12": {"keypoints": body}}},
        [{"track_id": 1, "keypoints": {"x": body[:17], "y": body[:17], "visible": body[:17]}}],
        {
            "images": [{"id": 1, "file_name": "a/000001.jpg", "width": 64, "height": 48}],
            "annotations": [{"image_id": 1, "keypoints": body, "track_id": 2}],
            "videos": [{"id": 1, "name": "a"}],
            "categories": [{"id": 1, "keypoints": list(COCO17.joints)}],
        },
        [[[landmark] * 33], [], [landmark] * 33],
        [{"vid_name": "a", "label": 1, "start_frame": 0, "end_frame": 5}],
        {"v": {"E_1": {"timestamps": [[1, 2]], "segments": {"A_1": {"timestamps": [[0, 1.5]]}}}}},
        {"a": [[[1, 2, 30, 40, 0.5]], []], "b": {"0": [1, 2, 3, 4]}},
    ]
    return [json.dumps(value).encode() for value in values]


_JSON = [
    b"[",
    b"]",
    b"{",
    b"}",
    b",",
    b":",
    b'"',
    b'"a":',
    b"[[",
    b"{}",
    b'"\\ud800"',
    b'"\\u0000"',
]
_KEYS = [
    f'"{key}":'.encode()
    for key in ("track_id", "frame_id", "image_id", "id", "video_id", "score", "label_index", "box")
]


# Tables.


def _read_csv() -> Read:
    from skelconv.files import LabelRule, find_labels, read_table
    from skelconv_splits.forms.plain import read_list
    from skelconv_splits.forms.table import kinetics as kinetics_split
    from skelconv_splits.forms.table import own
    from skelconv_splits.rows import gather
    from skelconv_splits.texts import given
    from skelconv_video import cuts
    from skelconv_video.box_files import read_boxes
    from skelconv_video.file_lists import read_list as read_files

    path = _folder() / "a.csv"
    lines = path.with_suffix(".txt")
    sources = [
        _clips_of(
            "pose-table",
            path,
            layout="coco17",
            columns={"joint": "keypoint", "frame": "frame", "person": "person"},
        ),
        _clips_of("pose-table", path, layout="from-file"),
        _clips_of("pose-table", path, layout="coco17", columns={"x": "x{n}", "y": "y{n}"}),
    ]

    def read(data: bytes) -> None:
        path.write_bytes(data)
        lines.write_bytes(data)
        for clips in sources:
            clips()
        for use in (
            lambda: find_labels(LabelRule(csv=path), {"a": "x/a", "b": "x/b"}),
            lambda: gather(own(given(path), "id", "split")),
            lambda: gather(kinetics_split([given(path)], times=True)),
            lambda: gather(read_list(given(path), "train")),
            lambda: list(cuts.own(path)),
            lambda: read_files(path),
            lambda: read_files(lines),
            lambda: list(cuts.kinetics([path])),
            lambda: read_boxes("csv", str(path), None)("a", (480, 640)).all(2),
        ):
            with suppress(*ERRORS):
                use()
        read_table(path, "label")

    return read


def _tables() -> list[bytes]:
    return [
        b"id,label\na,1\nb,2\n",
        b'id,label,note\r\na,wave,"x,\ny"\r\n',
        b"id,split\na,train\nb,val\n",
        b"frame,person,keypoint,x,y,score\n0,0,0,1.5,2.5,0.5\n1,0,3,1,nan,1\n",
        b"id,frame,x1,y1,x2,y2,score\na,0,1,2,30,40,0.5\na,1,1,2,30,40,\n",
        b"id,video,start,end\na,v,1,2.5\nb,v,,\n",
        b"label,youtube_id,time_start,time_end,split\nwave,abc,1,11,train\n",
        b"a/b.avi 1\nc.avi 2\n",
    ]


# Archives of videos and images.


def _read_archive() -> Read:
    from skelconv_video.places import place_at

    folder = _folder()
    times = count(1)

    def read(data: bytes) -> None:
        for name in ("a.zip", "a.tar", "a.tar.gz"):
            (folder / name).write_bytes(data)
            os.utime(folder / name, ns=(0, next(times)))  # within one tick of the clock
            place = place_at(str(folder / name))
            with suppress(*ERRORS):
                for entry in place.entries():
                    place.has_video(entry.path)
                    with suppress(ClipError):
                        assert len(place.read(entry.path, 2**20)) == entry.size
                    with suppress(ClipError, OSError), place.opened(entry.path) as file:
                        assert not isinstance(file, str)
                        assert len(file.read(entry.size + 1)) == entry.size

    return read


def _archives() -> list[bytes]:
    from support.images import pack

    folder = _folder()
    files = {"a.ts": b"G" * 600, "b/1.png": b"\0" * 700, "b/2.png": b"2"}
    packed = [
        pack(folder / f"a.{ending}", files, deflated=deflated).read_bytes()
        for ending in ("zip", "tar", "tar.gz")
        for deflated in (False, True)
    ]
    shutil.rmtree(folder)
    return packed


# NTU RGB+D.


def _read_skeleton() -> Read:
    from skelconv_ntu.skeleton_file import SkeletonFileError, parse_skeleton
    from skelconv_ntu.skeleton_native import library, read_native
    from skelconv_ntu.skeleton_plain import read_plain

    assert not isinstance(library(), str), library()

    def read(data: bytes) -> None:
        native = read_native(data)
        try:
            plain = read_plain(data)
        except SkeletonFileError as error:
            assert native is None
            raise ClipError(error.reason) from None  # as the source does
        assert native is not None
        for one, other in zip(plain, native, strict=True):
            assert np.asarray(one).tobytes() == np.asarray(other).tobytes()
        with suppress(SkeletonFileError):
            parse_skeleton(data, extras=True)

    return read


def _skeletons() -> list[bytes]:
    from skelconv_ntu.synthetic import synthetic_skeleton

    return [
        synthetic_skeleton(1, frames=1, bodies=1),
        synthetic_skeleton(2, frames=3, bodies=2, line_end="\n"),
        synthetic_skeleton(3, frames=2, bodies=0),
    ]


def _read_zip() -> Read:
    from skelconv.files import ZipArchive

    path = _folder() / "a.zip"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        archive = ZipArchive(str(path), ".skeleton", 2**26, "")
        for number, entry in enumerate(archive.entries()):
            archive.locate(entry.ref)
            if number < 5:
                with suppress(ClipError):
                    archive.read(entry.ref)

    return read


def _zips() -> list[bytes]:
    found = []
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", method) as archive:
            archive.writestr("x/S001C001P001R001A001.skeleton", b"1\n0\n" * 40)
            archive.writestr("S001C001P001R001A002.skeleton", b"")
            archive.writestr("ä.txt", bytes(5000))
        found.append(file.getvalue())
    file = io.BytesIO()
    with (
        zipfile.ZipFile(file, "w") as archive,
        archive.open("S001C001P001R001A001.skeleton", "w", force_zip64=True) as member,
    ):
        member.write(b"1\n0\n")
    return [*found, file.getvalue()]


# What builds write.


def _read_provenance() -> Read:
    from skelconv.files.outputs import read_provenance, recorded_output

    target = _folder() / "a.pkl"
    target.write_bytes(b"x")

    def read(data: bytes) -> None:
        target.with_name("a.pkl.skelconv.json").write_bytes(data)
        recorded_output(target)
        read_provenance(target)

    return read


def _provenances() -> list[bytes]:
    content = {
        "skelconv": "0.1",
        "recipe": {"source": {"use": "ntu-raw", "with": {"root": "x"}}},
        "output": {"bytes": 1, "sha256": "00" * 32},
        "report": {"clips": 1, "quarantined": [{"id": "a", "reason": "b", "where": "c"}]},
    }
    return [json.dumps(content).encode(), json.dumps(content, indent=1).encode()]


def _read_spool() -> Read:
    from skelconv.engine.outcome import Outcome
    from skelconv.engine.spool import Spool, count_outcomes

    path = _folder() / "spool"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        count_outcomes(path)
        with Spool(path, bytes(32), 4) as spool:
            for outcome in Outcome:
                for position in spool.positions(outcome):
                    spool.read(position)

    return read


def _spools() -> list[bytes]:
    from skelconv.engine.outcome import Outcome
    from skelconv.engine.spool import Spool

    path = _folder() / "spool"
    with Spool(path, bytes(32), 4) as spool:
        spool.append([(0, Outcome.CLIP, b"abc" * 100), (2, Outcome.FAILED, b"{}")])
        spool.append([(1, Outcome.DROPPED, b""), (2, Outcome.CLIP, b"x")])
    return [path.read_bytes()]


# Zarr.


def _write_zarr(path: Path) -> None:
    from skelconv_zarr.sink import ZarrSink

    sink = ZarrSink(str(path), codec="lz4")
    fields = {"box": Field(np.ones((1, 4, 4)), "MTB"), "file": Field(np.array("x.avi"), "")}
    clips = [clip("a", fields=fields), clip("b", label=(1, 2), seed=1), clip("c", persons=2)]
    sink.assemble(Encoded(sink, clips, {"train": [0, 2], "val": [1]}, ["x", "y", "z"]), path)


def _read_zarr(name: str) -> Callable[[], Read]:
    def make() -> Read:
        from skelconv_zarr.reader import ZarrReader

        path = _folder() / "a.zarr"
        _write_zarr(path)

        def read(data: bytes) -> None:
            # A new file, since an old one may still be open.
            (path / name).unlink()
            (path / name).write_bytes(data)
            _read_all(ZarrReader(str(path)))

        return read

    return make


def _zarr_file(name: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        path = _folder() / "a.zarr"
        _write_zarr(path)
        content = (path / name).read_bytes()
        shutil.rmtree(path.parent)
        return [content]

    return seeds


def _read_zarr_chunk(name: str) -> Callable[[], Read]:
    """Inputs are the first chunk of a shard, which gets the right checksums and index."""

    def make() -> Read:
        whole = _zarr_file(name)()[0]
        read = _read_zarr(name)()

        def with_checksums(data: bytes) -> None:
            read(_with_chunk(whole, data))

        return with_checksums

    return make


def _with_chunk(shard: bytes, chunk: bytes) -> bytes:
    from google_crc32c import value

    index = _index(shard)
    body = chunk + value(chunk).to_bytes(4, "little")
    index[0] = 0, len(body)
    after = index.tobytes()
    return body + after + value(after).to_bytes(4, "little")


def _index(shard: bytes) -> np.ndarray[Any, Any]:
    """Return where the chunks of a shard are, and their lengths; only the first is there."""
    for chunks in range(1, 129):
        size = 16 * chunks + 4
        index = np.frombuffer(shard[-size:-4], "<u8").reshape(-1, 2)
        if index[0].tolist() == [0, len(shard) - size]:
            return index.copy()
    raise ValueError("no shard of one chunk")


def _zarr_chunk(name: str) -> Callable[[], list[bytes]]:
    def seeds() -> list[bytes]:
        shard = _zarr_file(name)()[0]
        start, length = _index(shard)[0].tolist()
        return [shard[start : start + length - 4]]

    return seeds


# Recipes.


def _read_recipe() -> Read:
    from skelconv.recipe.load import load_recipe

    path = _folder() / "a.yaml"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        load_recipe(path, [], environ={"HOME": "/x"})

    return read


def _recipes() -> list[bytes]:
    return [path.read_bytes() for path in sorted(Path("recipes").rglob("*.yaml"))[:6]] or [b"a: 1"]


_YAML = [
    b"&a ",
    b"*a",
    b"<<: ",
    b"!!python/object:os.system ",
    b"- ",
    b"{",
    b"}",
    b"[",
    b"]",
    b"? ",
]
_YAML += [b"${HOME}", b"${X:-y}", b"| \n", b"extends: x\n", b"\t", b"---\n", b"use: ", b"with:\n"]


# Arrays that GCNs train on.


def _read_npz() -> Read:
    from skelconv_arrays.npz_reader import open_dataset

    path = _folder() / "a.npz"

    def read(data: bytes) -> None:
        path.write_bytes(data)
        reader = open_dataset(str(path))
        for index in range(min(5, len(reader.ids))):
            reader.read(index)

    return read


def _npzs() -> list[bytes]:
    x = np.arange(2 * 3 * 75, dtype=np.float32).reshape(2, 3, 75)
    arrays = {"x_train": x, "y_train": np.eye(2), "label_names": np.array(["a", "b"])}
    found = []
    for save in (np.savez, np.savez_compressed):
        file = io.BytesIO()
        save(file, **arrays)
        found.append(file.getvalue())
    return found


def _read_stgcn() -> Read:
    from skelconv_arrays.npy_reader import open_dataset

    folder = _folder()
    np.save(folder / "data.npy", np.zeros((2, 3, 4, 25, 1), np.float32))

    def read(data: bytes) -> None:
        (folder / "label.pkl").write_bytes(data)
        open_dataset(str(folder)).read(0)

    return read


def _stgcns() -> list[bytes]:
    return [pickle.dumps((["a", "b"], labels)) for labels in ([0, 1], np.array([0, 1]))]


# Published datasets.


def _read_datasets() -> Read:
    from importlib import import_module

    from skelconv_datasets.forms import pku_mmd, shrec, smarthome
    from skelconv_ntu.skeleton_file import SkeletonFileError
    from skelconv_ntu.skeleton_npy import read_npy
    from skelconv_ntu.skeleton_text import read_text

    names = ("nw_ucla", "pku_mmd", "azure_kinect", "etri")
    forms = [import_module(f"skelconv_datasets.forms.{name}").FORM for name in names]
    forms += [shrec.form(14, "3d"), smarthome.form("2d"), smarthome.form("3d")]

    def read(data: bytes) -> None:
        for form in forms:
            with suppress(*ERRORS):
                form.parse(data).clip("a", form.layout, 0)
        with suppress(*ERRORS):
            pku_mmd.read_actions(data)
        with suppress(*ERRORS):
            read_npy(data, 2, 3)
        with suppress(SkeletonFileError):
            read_text(data, 2, 3)

    return read


def _dataset_files() -> list[bytes]:
    file = io.BytesIO()
    np.save(file, np.array({"skel_body0": np.ones((2, 2, 3))}), allow_pickle=True)
    body = {"body_id": 1, "joint_positions": [[1, 2, 3]] * 32}
    person = {"pose2d": [1.5] * 26, "pose3d": [2.5] * 39}
    header = [f"joint{joint}_3d{axis}" for joint in range(1, 26) for axis in "XYZ"]
    return [
        file.getvalue(),
        json.dumps({"skeletons": [[[1, 2, 3]] * 20] * 2}).encode(),
        json.dumps({"frames": [{"bodies": [body, body]}, {"bodies": None}]}).encode(),
        json.dumps({"frames": [[person, person], []]}).encode(),
        ",".join(["frameNum", "trackingID", *header]).encode() + b"\n0,1" + b",0.5" * 75,
        b"1.5 " * 66 + b"\n" + b"0 " * 66,
        b" 1.5" * 150,
        b"1,2,9,1\n51,9,30,2\n",
        b"2\n1\n000 0 0\n2\n1 2 3 -1.#IND\n4 5 6\n0\n",
    ]


def _read_mat() -> Read:
    from skelconv_datasets.forms import jhmdb, penn_action

    def read(data: bytes) -> None:
        for parse in (jhmdb.parse, penn_action.parse, penn_action.video):
            with suppress(*ERRORS):
                parse(data)

    return read


def _mats() -> list[bytes]:
    joints = {name: np.ones((3, 13)) for name in ("x", "y", "visibility")}
    penn = {"action": "bowl", "train": np.array([[1]], "<i4"), "dimensions": np.ones((1, 3))}
    jhmdb = {"pos_img": np.ones((2, 15, 3))}
    return [
        matlab.mat(variables, compress=compress)
        for variables in (joints | penn, jhmdb)
        for compress in (True, False)
    ]


TARGETS = {
    target.name: target
    for target in (
        Target("pickle", _read_pickle, _pickles, _OPCODES),
        Target("npy", _read_npy, _arrays, [b"'descr': ", b"(", b")", b"'O'", b"<f8", b"V9"]),
        Target("json", _read_json, _documents, [*_JSON, *_KEYS]),
        Target("csv", _read_csv, _tables, [b'"', b",", b"\n", b"\r", b"a,", b"0,", b",,", b"\0"]),
        Target(
            "skeleton",
            _read_skeleton,
            _skeletons,
            [b" ", b"\n", b"\r\n", b"25\r\n", b"1E-5", b"NaN", b"-"],
        ),
        Target(
            "zip", _read_zip, _zips, [b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06"]
        ),
        Target("archive", _read_archive, _archives, [b"ustar", b"PK\x01\x02", b"PK\x03\x04"]),
        Target("provenance", _read_provenance, _provenances, _JSON),
        Target("spool", _read_spool, _spools),
        Target("zarr-metadata", _read_zarr("zarr.json"), _zarr_file("zarr.json"), _JSON),
        Target("zarr-shard", _read_zarr("keypoint/c/0/0/0"), _zarr_file("keypoint/c/0/0/0")),
        Target("zarr-chunk", _read_zarr_chunk("keypoint/c/0/0/0"), _zarr_chunk("keypoint/c/0/0/0")),
        Target("zarr-text", _read_zarr_chunk("frame_dir/c/0"), _zarr_chunk("frame_dir/c/0")),
        Target("recipe", _read_recipe, _recipes, _YAML),
        Target("npz", _read_npz, _npzs, [b"PK\x01\x02", b"PK\x03\x04", b"(2, 3, 75)", b"'<f4'"]),
        Target("stgcn-labels", _read_stgcn, _stgcns, _OPCODES),
        Target(
            "datasets", _read_datasets, _dataset_files, [*_JSON, b"joint1_3dX", b"1E-5", b"nan"]
        ),
        Target("mat", _read_mat, _mats, [b"\x0e\0\0\0", b"\x0f\0\0\0", b"\5\0\4\0", b"\xff" * 4]),
    )
}
