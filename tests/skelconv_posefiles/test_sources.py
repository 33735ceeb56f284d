"""Every format gives back the people that were written in it, to the bit."""

import contextlib
import gzip
import io
import json
import re
import tracemalloc
from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.posefiles import (
    alphapose,
    coco,
    kinetics,
    landmarks,
    mmpose,
    openpose,
    present,
    saved,
)

from skelconv import ClipError
from skelconv.files import JsonFile
from skelconv.testing import check_source
from skelconv_layouts.coco import COCO17
from skelconv_posefiles import plugin
from skelconv_posefiles.formats import alphapose as alphapose_format
from skelconv_posefiles.formats import coco as coco_format
from skelconv_posefiles.formats import kinetics as kinetics_format
from skelconv_posefiles.formats import mediapipe
from skelconv_posefiles.formats import mmpose as mmpose_format
from skelconv_posefiles.formats import openpose as openpose_format
from skelconv_posefiles.poses import Form, PoseSequence, to_clip

OFFERED = {offer.name: offer for offer in plugin.skelconv_sources()}


def source(name, **options):
    offer = OFFERED[name]
    return offer.create(offer.options.model_validate(options))


def only(name, **options):
    """The one clip of a source, which keeps the contract."""
    (clip,) = check_source(source(name, **options))
    return clip


def refusal(name, **options):
    """Why the one clip of a source cannot be made."""
    made = source(name, **options)
    inventory = made.inventory()
    if inventory.rejected:
        (one,) = inventory.rejected
        path, _, line = one.path.partition(":")
        return ClipError(one.reason, path, int(line) if line else None)
    (item,) = inventory.items
    with pytest.raises(ClipError) as caught:
        made.load(item)
    return caught.value


def assert_is(clip, people, **expected):
    assert np.array_equal(clip.keypoint, people[..., :-1])
    assert np.array_equal(clip.keypoint_score, people[..., -1])
    assert clip.keypoint.dtype == clip.keypoint_score.dtype == np.float32
    for name, value in expected.items():
        assert getattr(clip, name) == value


@pytest.mark.parametrize(("layout", "joints"), [("openpose25", 25), ("openpose18", 18)])
def test_openpose(people, fill, layout, joints):
    written = people(joints)
    root = fill({f"a/b/{name}": text for name, text in openpose(written).items()})
    clip = only("openpose", root=root, layout=layout, img_shape=[480, 640])
    assert_is(clip, written, id="a/b", layout=layout, img_shape=(480, 640), label=None)


def test_openpose_frames_without_a_file_are_empty(people, fill):
    written = people(25)
    files = openpose(written)
    del files["wave_000000000001_keypoints.json"], files["wave_000000000005_keypoints.json"]
    root = fill({f"wave/{name}": text for name, text in files.items()})
    (root.parent / "lengths.csv").write_text("id,total_frames\nwave,6\n")
    assert only("openpose", root=root).total_frames == 5
    clip = only("openpose", root=root, total_frames=root.parent / "lengths.csv")
    assert_is(clip, written)


def test_openpose_in_one_flat_folder(people, fill):
    one, other = people(25, frames=12), people(25, seed=1)
    root = fill(
        {**openpose(one, "v_1"), **openpose(other, "v-2"), "notes.txt": "", "._v_1.json": ""}
    )
    made = source("openpose", root=root, clips="names")
    clips = check_source(made)
    assert [clip.id for clip in clips] == ["v-2", "v_1"]
    assert_is(clips[0], other)
    assert_is(clips[1], one)
    assert len(made.inventory().strays) == 2
    sizes = {item.id: item.size for item in made.inventory().items}
    assert sizes["v_1"] == sum(map(len, openpose(one, "v_1").values()))


def test_openpose_frames_of_several_names_in_a_folder_are_no_one_clip(people, fill):
    written = people(25)
    root = fill({f"a/{k}": v for name in "xy" for k, v in openpose(written, name).items()})
    inventory = source("openpose", root=root).inventory()
    assert not inventory.items
    assert {(one.id, one.reason) for one in inventory.rejected} == {
        (f"a/{name}", "the folder holds the frames of 2 names (set clips to names)")
        for name in "xy"
    }


def test_openpose_frames_in_the_root_itself_are_no_folder_of_their_own(people, fill):
    (one,) = source("openpose", root=fill(openpose(people(25)))).inventory().rejected
    assert one.reason == "the frames are not in a folder below the root (set clips to names)"


@pytest.mark.parametrize("name", ["walk 12 img 3.", "img12frame", "2024-01-05 10.30."])
def test_openpose_frames_with_several_numbers_in_their_names(people, fill, name):
    written = people(25, frames=12)
    files = openpose(written, "walk")
    root = fill({f"a/{path.replace('walk_', name)}": text for path, text in files.items()})
    assert_is(only("openpose", root=root), written)


def test_openpose_names_with_one_frame_each_are_told(people, fill):
    text = next(iter(openpose(people(25)).values()))
    root = fill({f"{frame:03}_rgb2_keypoints.json": text for frame in range(3)})
    (note,) = source("openpose", root=root, clips="names").inventory().notes
    assert note == (
        "3 of 3 names have one frame only (the frame is the last number of a file's name: "
        "000_rgbNUMBER_keypoints.json)"
    )


@pytest.mark.parametrize("names", [["f1", "f02"], ["f1", "f01"], ["f010", "f5"]])
def test_openpose_frames_numbered_in_two_ways_are_refused(fill, names):
    root = fill({f"a/{name}_keypoints.json": '{"people": []}' for name in names})
    (one,) = source("openpose", root=root).inventory().rejected
    assert one.reason == "its frames' numbers are padded to different widths"


@pytest.mark.parametrize("names", [["f9", "f10", "f100"], ["f09", "f10", "f100"], ["9", "10"]])
def test_openpose_frames_numbered_with_few_digits(fill, names):
    root = fill({f"a/{name}_keypoints.json": '{"people": []}' for name in names})
    clip = only("openpose", root=root)
    assert clip.keypoint.shape == (0, int(names[-1].lstrip("f")) + 1, 25, 2)


def test_openpose_that_tracked(people, fill):
    written = people(25)
    files = openpose(written)
    for frame, name in enumerate(files):
        content = json.loads(files[name])
        for (track, _), person in zip(present(written, frame), content["people"], strict=True):
            person["person_id"] = [7 - track]
        content["people"].reverse()
        files[name] = json.dumps(content)
    root = fill({f"a/{name}": text for name, text in files.items()})
    # In frame 0 the second person comes first in the file.
    assert_is(only("openpose", root=root), written[::-1])


def test_openpose_of_which_only_a_hand_was_seen(fill):
    frame = {"people": [{"pose_keypoints_2d": [], "hand_left_keypoints_2d": [1, 2, 3]}]}
    clip = only("openpose", root=fill({"a/f_0_keypoints.json": json.dumps(frame)}))
    assert clip.keypoint.shape == (0, 1, 25, 2)


def test_openpose_of_another_model_is_refused_with_the_option_to_set(people, fill):
    root = fill({f"a/{name}": text for name, text in openpose(people(18)).items()})
    error = refusal("openpose", root=root)
    assert error.reason == "frame 0: 18 keypoints, where openpose25 has 25 (option layout)"
    assert error.path == f"{root}/a/wave_"


def test_kinetics(people, fill):
    written = people(18)
    root = fill({"-a.json": kinetics(written, 256, 512, label="abseiling", label_index=3)})
    clip = only("kinetics-skeleton", root=root, img_shape=[256, 512])
    assert_is(clip, written, id="-a", label=3, layout="openpose18", img_shape=(256, 512))


@pytest.mark.parametrize(("name", "label"), [("unknown", -1), ("", ""), ("unknown", None)])
def test_kinetics_without_a_label(people, fill, name, label):
    written = people(18)
    root = fill({"a.json": kinetics(written, 256, 340, label=name, label_index=label)})
    assert_is(only("kinetics-skeleton", root=root), written, id="a", label=None)


@pytest.mark.parametrize("label", [-1, 10**12, "abseiling", True, 0.5])
def test_kinetics_with_an_absurd_label(people, fill, label):
    root = fill({"a.json": kinetics(people(18), label_index=label)})
    assert "label_index is not" in refusal("kinetics-skeleton", root=root).reason


def test_mmpose_of_the_inferencer_of_the_demo_and_in_memory(people, fill):
    written = people(17)
    root = fill(
        {
            "inferencer.json": json.dumps(mmpose(written)),
            "demo.json": json.dumps({"meta_info": {}, "instance_info": mmpose(written, 1)}),
            "memory.json": json.dumps([frame["instances"] for frame in mmpose(written)]),
        }
    )
    clips = check_source(source("mmpose", root=root))
    assert [clip.id for clip in clips] == ["demo", "inferencer", "memory"]
    for clip in clips:
        assert_is(clip, written, layout="coco17")


def test_mmpose_with_track_ids_and_in_3d(people, fill):
    written = people(17)
    frames = mmpose(written, tracked=True)
    frames[3]["instances"].reverse()
    assert_is(only("mmpose", root=fill({"a.json": json.dumps(frames)})), written)
    flat = np.concatenate((written[..., :2], written[..., :1] * 2, written[..., 2:]), -1)
    root = fill({"a.json": json.dumps(mmpose(flat))})
    assert_is(only("mmpose", root=root, layout="h36m17", channels=3), flat)
    reason = "frame 0: 3 coordinates, not 2 (option channels)"
    assert refusal("mmpose", root=root).reason == reason


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"idx": lambda track: 0},
        {"idx": lambda track: 10**30 - track},
        {"idx": lambda track: [float(track)]},
    ],
)
def test_alphapose(people, fill, extra):
    written = people(26)
    root = fill({"wave/alphapose-results.json": json.dumps(alphapose(written, **extra))})
    (root.parent / "t.csv").write_text("total_frames,id\n6,wave\n")
    options = {"root": root, "layout": "halpe26", "ids": "folder"}
    clip = only("alphapose", **options, total_frames=root.parent / "t.csv")
    assert_is(clip, written, id="wave", layout="halpe26")


@pytest.mark.parametrize("name", ["a.json", "a.json.gz"])
def test_alphapose_that_gzip_packed(people, fill, name):
    written = people(17)
    content = json.dumps(alphapose(written)).encode()
    clip = only("alphapose", root=fill({name: gzip.compress(content)}))
    assert_is(clip, written[:, :5], id="a")


def test_what_gzip_packed_may_not_be_large_or_cut(people, fill):
    content = gzip.compress(json.dumps(alphapose(people(17))).encode())
    large = gzip.compress(b"[" + b" " * (2**20 + 1) + b"]")
    error = refusal("alphapose", root=fill({"a.json": large}), max_file_mb=1)
    assert "more than 1 MB" in error.reason
    error = refusal("alphapose", root=fill({"a.json": content[:-20]}))
    assert "is not a valid gzip file" in error.reason
    error = refusal("coco-keypoints", root=fill({"a.json": gzip.compress(b"{}")}))
    assert "packed by gzip" in error.reason


def test_alphapose_tracks_are_followed_whatever_the_order(people, fill):
    written = people(17)
    rows = alphapose(written, idx=lambda track: track)[::-1]
    clip = only("alphapose", root=fill({"a.json": json.dumps(rows)}))
    assert_is(clip, written[::-1, :5])


def test_coco_by_file_name(people, fill):
    one, other = people(17), people(17, seed=1)
    first, second = coco(one), coco(other, lambda frame: f"w_{frame}.png", 100)
    both = {key: first[key] + second[key] for key in first}
    root = fill({"all.json": json.dumps(both)})
    for where in (root, root / "all.json"):
        clips = check_source(source("coco-keypoints", root=where))
        assert_is(clips[0], one, id="v", img_shape=(480, 640))
        assert_is(clips[1], other, id="w", img_shape=(480, 640))


def test_coco_by_video(people, fill):
    written = people(17)
    file = coco(written, lambda frame: "same.jpg", track_id=lambda track: 5 + track)
    for frame, image in enumerate(file["images"]):
        image |= {"video_id": 3, "frame_id": frame + 1}
    file["videos"] = [{"id": 3, "name": "dance"}]
    file["annotations"].reverse()
    root = fill({"all.json": json.dumps(file)})
    clip = only("coco-keypoints", root=root, first_frame=1)
    assert_is(clip, written[::-1], id="dance")


def test_coco_visibility_is_a_flag_where_it_is_one(people, fill):
    written = people(17)
    flags = np.random.default_rng(0).integers(0, 3, written.shape[:3]) * (written[..., 2] > 0)
    written[..., 2] = flags
    root = fill({"all.json": json.dumps(coco(written))})
    clip = only("coco-keypoints", root=root)
    assert np.array_equal(clip.keypoint_score, flags > 0)
    assert np.array_equal(clip.keypoint, written[..., :2] * (flags > 0)[..., np.newaxis])


def test_coco_a_broken_file_is_refused_and_others_go_on(people, fill):
    root = fill({"a.json": "{\n]", "b.json": json.dumps(coco(people(17)))})
    inventory = source("coco-keypoints", root=root).inventory()
    assert [item.id for item in inventory.items] == ["v"]
    (one,) = inventory.rejected
    assert one.path == f"{root}/a.json:2"


@pytest.fixture(scope="module")
def posed(people):
    """33 landmarks with z, in fractions of an image of 256 by 512."""
    flat = people(33)
    return np.concatenate((flat[..., :2] / 256, flat[..., :1] / 128, flat[..., 2:]), -1)


@pytest.mark.parametrize("form", ["lists", "dicts", "npy"])
@pytest.mark.parametrize("channels", [2, 3])
def test_mediapipe(posed, fill, form, channels):
    pixels = posed * [512, 256, 512, 1]
    if form == "npy":
        file = io.BytesIO()
        array = posed.swapaxes(0, 1).copy()
        array[~array.any((2, 3))] = np.nan
        np.save(file, array)
        root = fill({"a.npy": file.getvalue()})
    else:
        frames = [landmarks(posed, t, form == "dicts") for t in range(posed.shape[1])]
        root = fill({"a.json": json.dumps(frames)})
    kept = [*range(channels), 3]
    options = {"root": root, "channels": channels}
    clip = only("mediapipe", **options, img_shape=[256, 512])
    assert_is(clip, pixels[..., kept], layout="blazepose33", img_shape=(256, 512))
    assert_is(only("mediapipe", **options, img_shape=[256, 512], units="metres"), posed[..., kept])


def test_mediapipe_of_one_person(posed, fill):
    alone = posed[:1]
    frames = [next(iter(landmarks(alone, t, False)), None) for t in range(alone.shape[1])]
    assert frames[1] is None
    root = fill({"a.json": json.dumps(frames)})
    assert_is(only("mediapipe", root=root, channels=3, units="metres"), alone)


JSON_SOURCES = ("kinetics-skeleton", "mmpose", "alphapose", "mediapipe")
# What a source cannot do without.
NEEDS = {"mediapipe": {"img_shape": [256, 512]}}
NAMES = dict(enumerate(COCO17.joints))


@pytest.mark.parametrize("name", JSON_SOURCES)
@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        ("", "is not valid JSON: Expecting value", 1),
        ('{"a":\n\n tru}', "is not valid JSON", 3),
        (b"[\n\xff]", "is not in UTF-8", 2),
        ("[" * 200_000, "is not valid JSON: it is nested too deeply", 1),
        ("[" + "1" * 5000 + "]", "is not valid JSON: a number is too long", 1),
        ("3", "the file", None),
        ("[3]", "", 1),
        ('[{"frame_id": 0}]', "", 1),
        ('{"data": {}, "instance_info": {}}', "", 1),
        ("[]", "", None),
    ],
)
def test_hostile_json_is_the_clips_error(fill, name, content, reason, line):
    root = fill({"a.json": content})
    error = refusal(name, root=root, **NEEDS.get(name, {}))
    assert error.reason.startswith(reason)
    assert error.path == f"{root}/a.json"
    # What was read as a whole has a line only where it is no JSON.
    assert error.line in (line, None if line == 1 else line)


@pytest.mark.parametrize(
    ("name", "path", "content"),
    [
        ("openpose", "a/f_{0}_keypoints.json", '{{"people": []}}'),
        ("kinetics-skeleton", "a.json", '{{"data": [{{"frame_index": {0}, "skeleton": []}}]}}'),
        ("mmpose", "a.json", '[{{"frame_id": {0}, "instances": []}}]'),
        ("alphapose", "a.json", '[{{"image_id": {0}, "keypoints": [0, 0, 0]}}]'),
        ("pose-table", "a.csv", "frame,keypoint,x,y\n{0},0,1,1"),
    ],
)
@pytest.mark.parametrize("number", [100_001, 10**17])
def test_memory_does_not_follow_a_claimed_frame_number(fill, name, path, content, number):
    root = fill({path.format(number): content.format(number)})
    options = {"layout": "coco17"} if name == "pose-table" else {}
    error = refusal(name, root=root, first_frame=0, **options)
    assert error.reason.endswith("frames; the maximum is 100000 (option max_frames)")


def test_persons_who_come_and_go_do_not_fill_the_memory(fill):
    rows = [{"image_id": t, "idx": t, "keypoints": [1] * 51} for t in range(3000)]
    error = refusal("alphapose", root=fill({"a.json": json.dumps(rows)}))
    assert error.reason.startswith("3000 persons come and go in 3000 frames")


def test_few_skeletons_are_not_spread_over_a_large_clip(fill):
    rows = [{"image_id": 30_000 * t, "idx": t, "keypoints": [1] * 51} for t in range(4)]
    error = refusal("alphapose", root=fill({"a.json": json.dumps(rows)}))
    assert error.reason == (
        "4 persons come and go in 90001 frames: too many for one clip, which may have "
        "4,198,656 keypoints"
    )


@pytest.mark.parametrize(
    ("name", "path", "content"),
    [
        ("pose-array", "a.npy", saved(np.zeros((1, 300_000, 2, 2), np.int8))),
        (
            "pose-table",
            "a.csv",
            "frame,keypoint,x,y\n" + "".join(f"{t},0,,\n" for t in range(50_000)),
        ),
        ("pose-table", "a.csv", "frame,keypoint,x,y\n" + "1,0,,\n" * 2 + "," * 2_000_000),
        ("pose-table", "a.csv", "frame,keypoint,x,y," + "a," * 1_000_000),
    ],
)
def test_memory_is_in_proportion_to_the_file(fill, name, path, content):
    root = fill({path: content})
    options = {"layout": "toy2", "channels": "xy"} if name == "pose-array" else {"layout": "coco17"}
    tracemalloc.start()
    error = refusal(name, root=root, **options)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert re.search(r"more than [\d,]+ (MiB of memory|characters)|is in this frame", error.reason)
    assert peak < 2**26 + 24 * len(content)


def test_a_length_that_the_frames_go_beyond_is_an_error(people, fill):
    root = fill({"a.json": json.dumps(mmpose(people(17)))})
    (root.parent / "t.csv").write_text("id,total_frames\na,5\n")
    error = refusal("mmpose", root=root, total_frames=root.parent / "t.csv")
    assert error.reason == (
        "frame 5 is beyond the 5 frames that it should have, counted from 0 (options "
        "total_frames, first_frame)"
    )


def test_a_file_beyond_the_limit_is_not_read(fill):
    root = fill({"a.json": b"[" * (2**20 + 1)})
    error = refusal("mmpose", root=root, max_file_mb=1)
    assert error.reason == "holds more than 1 MB, and is not read (option max_file_mb)"


def of_document(parse):
    """Let a parser of documents take a file's content."""
    return lambda content: parse(JsonFile(io.BytesIO(content)))


def clips_of_coco(content):
    index = coco_format.read_index(JsonFile(io.BytesIO(content)), "coco17")
    return [index.poses(name, io.BytesIO(content)) for name in index.clips]


def spoilt(draw, value):
    """Put anything in the place of any one value of a document."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not inner or draw(st.integers(0, 4)) == 0:
        return draw(
            st.none()
            | st.booleans()
            | st.integers()
            | st.floats(allow_nan=False, allow_infinity=False)
            | st.sampled_from([10**400, "", "a.jpg", [], {}, [[]], [{}], [None], [1, 2, 3]])
        )
    at = draw(st.integers(0, len(inner) - 1))
    if isinstance(value, dict):
        key = list(value)[at]
        if draw(st.integers(0, 9)) == 0:
            return {name: value[name] for name in value if name != key}
        return value | {key: spoilt(draw, value[key])}
    return [*value[:at], spoilt(draw, value[at]), *value[at + 1 :]]


@pytest.mark.parametrize("name", ["openpose", *JSON_SOURCES, "coco-keypoints"])
@given(data=st.data())
def test_whatever_is_spoilt_in_a_file_it_gives_poses_or_a_clip_error(people, posed, name, data):
    written = people(17)
    parse, document = {
        "openpose": (openpose_format.parse_frame, next(iter(openpose(written).values()))),
        "kinetics-skeleton": (kinetics_format.parse, kinetics(written, label_index=3)),
        "mmpose": (
            of_document(partial(mmpose_format.parse, layout="coco17")),
            {"meta_info": {"keypoint_id2name": NAMES}, "instance_info": mmpose(written)},
        ),
        "alphapose": (
            of_document(alphapose_format.parse),
            alphapose(written, idx=lambda track: track),
        ),
        "mediapipe": (
            mediapipe.parser(".json", 2),
            [landmarks(posed, t, True) for t in range(posed.shape[1])],
        ),
        "coco-keypoints": (
            clips_of_coco,
            coco(written)
            | {"videos": [{"id": 3, "name": "a"}]}
            | {"categories": [{"id": 1, "keypoints": list(NAMES.values())}]},
        ),
    }[name]
    whole = json.loads(document) if isinstance(document, str) else document
    with contextlib.suppress(ClipError):
        parsed = parse(json.dumps(spoilt(data.draw, whole)).encode())
        for poses in parsed if isinstance(parsed, list) else [parsed]:
            if isinstance(poses, PoseSequence):
                to_clip("a", poses, Form("coco17", max_frames=100))
