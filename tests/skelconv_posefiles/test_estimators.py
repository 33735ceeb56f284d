"""The forms in which estimators and annotation tools keep poses, beside the usual ones."""

import csv
import io
import json

import numpy as np
import pytest
from support.posefiles import alphapose, coco, detections, landmarks, mmpose, openpose, present

from skelconv import ClipError
from skelconv.testing import check_source
from skelconv_layouts.coco import COCO17
from skelconv_posefiles import plugin

OFFERED = {offer.name: offer for offer in plugin.skelconv_sources()}


def source(name, **options):
    offer = OFFERED[name]
    return offer.create(offer.options.model_validate(options))


def only(name, **options):
    (clip,) = check_source(source(name, **options))
    return clip


def refusal(name, **options):
    made = source(name, **options)
    (item,) = made.inventory().items
    with pytest.raises(ClipError) as caught:
        made.load(item)
    return caught.value


def assert_is(clip, people, **expected):
    assert np.array_equal(clip.keypoint, people[..., :-1])
    assert np.array_equal(clip.keypoint_score, people[..., -1])
    for name, value in expected.items():
        assert getattr(clip, name) == value


def lengths(root):
    """Say how long the clip is, of which the last frame is empty."""
    path = root.parent / "lengths.csv"
    path.write_text("id,total_frames\na,6\n")
    return path


# AlphaPose.


def test_alphapose_joined_boxes_have_the_first_of_their_ids(people, fill):
    written = people(17)
    nested = [[1.0], [[2.0], [9.0]]]
    rows = alphapose(written, idx=lambda track: nested[track])
    rows[1]["idx"] = [[[2.0]], 7]
    rows.reverse()
    root = fill({"a.json": json.dumps(rows)})
    assert_is(only("alphapose", root=root, total_frames=lengths(root)), written[::-1])


def test_alphapose_without_tracking_where_boxes_were_joined(people, fill):
    written = people(17)
    rows = alphapose(written)
    for row in rows[::3]:
        row["idx"] = [[0.0], [0.0]]
    for row in rows:
        row.setdefault("idx", [0.0])
    root = fill({"a.json": json.dumps(rows)})
    assert_is(only("alphapose", root=root, total_frames=lengths(root)), written)


@pytest.mark.parametrize("idx", ["1", {}, [], [[]], 0.5, [None]])
def test_alphapose_with_ids_that_are_none(people, fill, idx):
    rows = alphapose(people(17), idx=lambda track: idx)
    error = refusal("alphapose", root=fill({"a.json": json.dumps(rows, indent=1)}))
    assert error.reason == "detection 0: idx is not an integer"
    assert error.line == 2


def test_alphapose_images_that_are_times(people, fill):
    written = people(17)
    rows = alphapose(written)
    for row in rows:
        row["image_id"] = f"clip.{int(row['image_id'][:-4]) / 30 + 17:.6f}.png"
    root = fill({"a.json": json.dumps(rows)})
    reason = refusal("alphapose", root=root).reason
    assert reason == (
        "detection 0: image_id 'clip.17.000000.png' ends in a time, not in the frame's number "
        "(option frames: order numbers images as they appear)"
    )
    # An image that nobody is in has no name.
    there = written[:, [frame for frame in range(6) if present(written, frame)]]
    assert_is(only("alphapose", root=root, frames="order"), there)


def test_alphapose_images_of_two_videos_are_no_one_clip(people, fill):
    rows = alphapose(people(17))
    for at, row in enumerate(rows):
        row["image_id"] = f"{'walk' if at < 4 else 'run'}_{row['image_id']}"
    reason = refusal("alphapose", root=fill({"a.json": json.dumps(rows)})).reason
    assert reason.startswith(
        f"detection 4: image_id {rows[4]['image_id']!r} is of another name than 'walk_'"
    )


@pytest.mark.parametrize("form", ["open", "cmu", "poseflow", "person"])
def test_alphapose_by_image_and_by_person(people, fill, form):
    written = people(18)
    file = {}
    for frame in range(written.shape[1]):
        for track, body in present(written, frame):
            flat = body.reshape(-1).tolist()
            if form == "person":
                file.setdefault(str(7 + track), {})[f"{frame:04}"] = {
                    "keypoints": flat,
                    "scores": 2.5,
                }
                continue
            image = f"{frame}.jpg"
            if form == "poseflow":
                file.setdefault(image, []).append({"keypoints": flat, "idx": track})
                continue
            new = {"version": "AlphaPose v0.3", {"open": "people", "cmu": "bodies"}[form]: []}
            of_image = file.setdefault(image, new)
            key = {"open": "pose_keypoints_2d", "cmu": "joints"}[form]
            of_image[[*new][1]].append({key: flat})
    root = fill({"a.json": json.dumps(file)})
    clip = only("alphapose", root=root, layout="openpose18")
    assert_is(clip, written[:, : clip.total_frames])
    assert refusal("alphapose", root=root).reason.endswith(
        "18 keypoints, where coco17 has 17 (option layout)"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('{"meta": 3}', "'meta' is neither an image nor a person's id"),
        ('{"x": {"1": {"keypoints": []}}}', "person x, frame 1: the person is not an integer"),
        ('{"1": {"1": {"scores": 2}}}', "person 1, frame 1 has no 'keypoints'"),
        ('{"1.jpg": {"people": [3]}}', "1.jpg: people[0] is not an object"),
        ('{"1.jpg": {"people": {}}}', "1.jpg: people is not a list"),
        ('{"1.jpg": [3]}', "1.jpg[0] is not an object"),
    ],
)
def test_alphapose_that_is_none(fill, content, reason):
    error = refusal("alphapose", root=fill({"a.json": "\n\n" + content}))
    assert (error.reason, error.line) == (reason, 3)


# MMPose.


@pytest.mark.parametrize("demo", [False, True])
def test_mmpose_of_images(people, fill, demo):
    written = people(17)
    order = np.random.default_rng(0).permutation(17)
    meta = {"keypoint_id2name": {str(at): COCO17.joints[joint] for at, joint in enumerate(order)}}
    files = {}
    for number, frame in enumerate(mmpose(written[:, :, order] if demo else written)):
        value = frame["instances"]
        if demo:
            value = {"meta_info": meta, "instance_info": value}
        files[f"{number + 5:06d}.json"] = json.dumps(value)
    root = fill({f"jump/{name}": content for name, content in files.items()})
    assert_is(only("mmpose", root=root, clips="folders"), written, id="jump")
    root = fill({f"all/jump_{name}": content for name, content in files.items()})
    clip = only("mmpose", root=root / "all", clips="names", layout="coco17")
    assert_is(clip, written, id="jump")


def test_mmpose_names_after_the_frames_are_refused(people, fill):
    file = {"instance_info": mmpose(people(17)), "meta_info": {"keypoint_id2name": {"0": "nose"}}}
    error = refusal("mmpose", root=fill({"a.json": json.dumps(file)}))
    assert error.reason == "meta_info comes after the frames, whose joints it names"


# Ultralytics.


def rows(people, frame, more, width=3, scale=(1024, 512, 1)):
    """What save_txt writes for a frame."""
    lines = []
    for track, body in present(people, frame):
        points = (body / scale)[:, :width].reshape(-1).tolist()
        numbers = [0, 0.5, 0.5, 0.25, 0.25, *points, *more(track)]
        lines.append(" ".join(f"{number:.17g}" for number in numbers) + "\n")
    return "".join(lines)


SIZE = {"img_shape": [512, 1024]}


@pytest.mark.parametrize(
    ("more", "reverse"),
    [
        (lambda track: [], False),
        (lambda track: [0.75], False),
        (lambda track: [7 - track], True),
        (lambda track: [0.75, 7 - track], True),
    ],
)
def test_ultralytics_txt(people, fill, more, reverse):
    written = people(17)
    written[:, 0] = written[:, 0, :, :] * (np.arange(2) > 0)[:, np.newaxis, np.newaxis]
    files = {f"labels/wave_{t + 1}.txt": rows(written, t, more) for t in range(6)}
    root = fill({name: text for name, text in files.items() if text} | {"classes.txt": "person"})
    clip = only("ultralytics", root=root, ids="name", **SIZE)
    assert clip.id == "wave"
    # The last frame is empty; in the first one the second person is alone.
    tracked = written[::-1, :5]
    if not reverse:
        tracked = written[:, :5].copy()
        tracked[0, 0], tracked[1, 0] = written[1, 0], 0
    assert_is(clip, tracked, img_shape=(512, 1024))


def test_ultralytics_txt_without_confidences_and_from_0(people, fill):
    written = people(17)
    files = {f"a/{t:06d}.txt": rows(written, t, lambda track: [], 2) for t in range(6)}
    clip = only("ultralytics", root=fill(files), clips="folders", **SIZE)
    written[..., 2] = written[..., 2] > 0
    assert_is(clip, written, id="a")


def test_ultralytics_labels_have_flags(people, fill):
    written = people(17)
    flags = np.random.default_rng(0).integers(0, 3, written.shape[:3]) * (written[..., 2] > 0)
    written[..., 2] = flags
    files = {f"a/{t:06d}.txt": rows(written, t, lambda track: []) for t in range(6)}
    clip = only("ultralytics", root=fill(files), clips="folders", **SIZE)
    assert np.array_equal(clip.keypoint_score, flags > 0)
    assert np.array_equal(clip.keypoint, written[..., :2] * (flags > 0)[..., np.newaxis])


@pytest.mark.parametrize("tracked", [False, True])
@pytest.mark.parametrize("form", ["json", "csv", "video-json"])
def test_ultralytics_json_and_csv(people, fill, form, tracked):
    written = people(17)
    frames = [detections(written, t, tracked) for t in range(6)]
    for frame in frames:
        frame.reverse()
    if form == "video-json":
        root = fill({"wave.json": json.dumps(frames)})
    elif form == "json":
        root = fill({f"wave_{t}.json": json.dumps(frame) for t, frame in enumerate(frames)})
    else:
        files = {}
        for t, frame in enumerate(frames):
            columns = ["name", "box", "keypoints", *(["track_id"] if tracked else [])]
            cells = [[str(row[name]) for name in columns] for row in frame]
            text = io.StringIO()
            csv.writer(text).writerows([columns, *cells])
            files[f"wave_{t}.csv"] = text.getvalue()
        root = fill(files)
    clip = only("ultralytics", root=root, form=form)
    expected = written[::-1]
    if not tracked:  # a person is a position: the first one is alone in one frame
        expected = expected.copy()
        expected[0, 2], expected[1, 2] = written[0, 2], 0
    assert_is(clip, expected, id="wave")


@pytest.mark.parametrize(
    ("form", "content", "reason", "line"),
    [
        ("txt", "0 1 2 3 4 5", "6 numbers, where a row of 17 keypoints has 56, or 39", 2),
        ("txt", "0 a", "is not a row of numbers", 2),
        ("txt", " ".join(["0"] * 57 + ["1.5"]), "frame 1: a track's id is 1.5, not", None),
        ("json", "{}", "the list of detections is not a list", None),
        ("json", '[{"keypoints": {"x": [1]}}]', "detection 0: keypoints has no 'y'", None),
        ("json", '[{"keypoints": {"x": [1], "y": []}}]', "detection 0: keypoints: 1 x, 0 y", None),
        ("csv", "name,box\na,b", "its header does not name the column 'keypoints'", 2),
        ("csv", "keypoints,a\n[],3", "keypoints is not an object", 3),
        ("csv", "keypoints,a\n[],3,4", "3 cells, where the header has 2", 3),
        ("csv", "keypoints\n{'x': __import__('os')}", "is not valid JSON", 3),
        ("video-json", "{}", "the file is not a list of frames", 2),
        ("video-json", "[[3]]", "frame 0: detection 0 is not an object", 2),
    ],
)
def test_ultralytics_that_is_none(fill, form, content, reason, line):
    name = f"a_1.{form.rpartition('-')[2]}"
    root = fill({name: "\n" + content})
    size = SIZE if form == "txt" else {}
    error = refusal("ultralytics", root=root, form=form, **size)
    assert error.reason.startswith(reason)
    assert error.line == line


def test_ultralytics_fractions_need_a_size():
    with pytest.raises(ValueError, match="units are fractions, and img_shape does not say"):
        source("ultralytics", root="x")
    source("ultralytics", root="x", form="json")


# MediaPipe.


@pytest.mark.parametrize("form", ["list", "frames", "lines"])
@pytest.mark.parametrize("start", [None, 0, 1])
def test_mediapipe_frames_that_are_objects(people, fill, form, start):
    written = people(33)
    flat = np.concatenate((written[..., :2], written[..., :1], written[..., 2:]), -1)
    frames = []
    for t in range(6):
        frame = {"pose_landmarks": landmarks(flat, t, True)}
        frames.append(frame if start is None else {"frame": start + t, "time": 0.5, **frame})
    text = json.dumps({"fps": 30, "frames": frames} if form == "frames" else frames)
    if form == "lines":
        text = "\n".join(map(json.dumps, frames)) + "\n"
    if start is not None and form != "lines":  # an empty frame may be left out
        text = json.dumps([frame for frame in frames if frame["frame"] != start + 1])
    root = fill({"a.json": text})
    assert_is(only("mediapipe", root=root, units="metres"), written)


@pytest.mark.parametrize(
    ("content", "reason", "line"),
    [
        ('{"a": 1}', "the file has no 'frames'", None),
        ('[{"frame": 0}]', "frame 0 has no 'landmarks'", None),
        ('[{"frame": "0", "landmarks": []}]', "frame 0: frame is not an integer", None),
        ('[{"frame": 1, "landmarks": []}, []]', "frame 1: the frame 1 is there already", None),
        ('{"landmarks": []}\n\n{"landmarks": }', "is not valid JSON", 3),
    ],
)
def test_mediapipe_that_is_none(fill, content, reason, line):
    error = refusal("mediapipe", root=fill({"a.json": content}), units="metres")
    assert error.reason.startswith(reason)
    assert error.line == line


# COCO and its kin.


def test_coco_tracks_of_cvat(people, fill):
    written = people(17)
    file = coco(written, lambda frame: f"frame_{frame:06d}.PNG")
    flat = iter([track for t in range(6) for track, _ in present(written, t)])
    for row in file["annotations"]:
        row["attributes"] = {"occluded": False, "track_id": 4 - next(flat), "keyframe": True}
    file["annotations"].reverse()
    clip = only("coco-keypoints", root=fill({"task/default.json": json.dumps(file)}))
    assert_is(clip, written[::-1], id="task/default")


@pytest.mark.parametrize("first", [10034180000, 2280001, 1])
def test_coco_frames_that_are_numbered_over_all_videos(people, fill, first):
    """As PoseTrack18 and JHMDB do it: the video's id, and four digits."""
    one, other = people(17), people(17, seed=1)
    files = []
    for video, written in enumerate((one, other)):
        file = coco(written, lambda frame: f"{frame:05d}.png", 100 * video)
        for frame, image in enumerate(file["images"]):
            image |= {"vid_id": f"{video:05d}", "frame_id": first + 10**4 * video + frame}
        files.append(file)
    both = {key: files[0][key] + files[1][key] for key in files[0]}
    clips = check_source(source("coco-keypoints", root=fill({"a.json": json.dumps(both)})))
    assert_is(clips[0], one, id="00000")
    assert_is(clips[1], other, id="00001")


def test_coco_of_single_images(people, fill):
    written = people(17)[:, [0, 3]]
    file = coco(written, lambda frame: f"{frame:012d}.jpg")
    file["images"][1]["width"] = 800
    root = fill({"a.json": json.dumps(file)})
    clips = check_source(source("coco-keypoints", root=root, pattern=r"^(?P<clip>\d+)\.jpg$"))
    assert [clip.id for clip in clips] == ["000000000000", "000000000001"]
    assert [clip.img_shape for clip in clips] == [(480, 640), (480, 800)]
    assert all(clip.total_frames == 1 for clip in clips)


def test_coco_keys_in_any_order(people, fill):
    written = people(17)
    file = coco(written) | {"categories": [{"id": 1, "name": "person"}], "info": {"a": [1]}}
    for keys in (sorted(file), sorted(file, reverse=True)):
        root = fill({"a.json": json.dumps({key: file[key] for key in keys})})
        assert_is(only("coco-keypoints", root=root), written, id="v")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda file: file.pop("images"), "the file has no 'images'"),
        (lambda file: file.update(annotations={}), "annotations is not a list"),
        (lambda file: file["images"][1].update(id=0), "image 0: frame 1 of 'v' is there already"),
        (
            lambda file: file["images"][1].update(file_name="v/000000.jpg"),
            "image 1: frame 0 of 'v' is there already",
        ),
        (
            lambda file: file["annotations"][2].update(image_id=9),
            "annotation 2: there is no image 9",
        ),
        (
            lambda file: file["images"].clear(),
            "it has annotations, and its list of images is empty",
        ),
        (lambda file: file["images"][0].update(id=2**70), "image 0: id is too large"),
        (
            lambda file: file["annotations"][0].update(keypoints=[1]),
            "annotation 0: keypoints: 1 numbers",
        ),
    ],
)
def test_coco_that_is_none(people, fill, change, reason):
    file = coco(people(17))
    change(file)
    inventory = source("coco-keypoints", root=fill({"a.json": json.dumps(file)})).inventory()
    (one,) = inventory.rejected
    assert one.reason.startswith(reason)
    assert not inventory.items


def test_coco_a_clip_that_is_wrong_is_quarantined_alone(people, fill):
    first, second = coco(people(17)), coco(people(17), lambda frame: f"w/{frame}.png", 100)
    second["annotations"][1]["keypoints"] = [1, 2]
    both = {key: first[key] + second[key] for key in first}
    made = source("coco-keypoints", root=fill({"a.json": json.dumps(both)}))
    good, bad = made.inventory().items
    assert made.load(good).id == "v"
    with pytest.raises(ClipError, match="2 numbers, not triples"):
        made.load(bad)


# What all have in common.


def test_numbers_that_are_not_are_missing(people, fill):
    """Python's JSON writes NaN bare, where others write null."""
    written = people(17)
    written[0, 0, 3] = np.nan
    expected = np.where(np.isnan(written), 0, written)
    files = {
        "alphapose": alphapose(written),
        "mmpose": mmpose(written),
        "coco-keypoints": coco(written),
    }
    for name, file in files.items():
        content = json.dumps(file)
        assert "NaN" in content
        for text in (content, content.replace("NaN", "null")):
            root = fill({f"{name}/a.json": text})
            clip = only(name, root=root / name)
            assert_is(clip, expected[:, : clip.total_frames])
    root = fill({f"openpose/a/{key}": text for key, text in openpose(people(25)).items()})
    assert only("openpose", root=root / "openpose").total_frames == 6


def test_an_infinite_number_is_refused_where_it_is_a_keypoint(people, fill):
    rows = alphapose(people(17))
    rows[0]["score"] = float("inf")
    root = fill({"a.json": json.dumps(rows)})
    assert only("alphapose", root=root).num_person == 2
    rows[0]["keypoints"][0] = float("inf")
    root = fill({"a.json": json.dumps(rows)})
    assert refusal("alphapose", root=root).reason == "frame 0: a keypoint is infinite"


@pytest.mark.parametrize("name", ["alphapose", "mmpose", "coco-keypoints"])
def test_the_line_of_what_is_wrong(people, fill, name):
    written = people(17)
    file = {"alphapose": alphapose, "mmpose": mmpose, "coco-keypoints": coco}[name](written)
    text = json.dumps(file, indent=1)
    lines = text.split("\n")
    at = next(i for i, line in enumerate(lines) if "]" in line and i > len(lines) // 2)
    lines[at] = lines[at].replace("]", "")
    root = fill({"a.json": "\n".join(lines)})
    made = source(name, root=root)
    inventory = made.inventory()
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("\n".join(lines))
    if inventory.rejected:
        assert inventory.rejected[0].path == f"{root}/a.json:{caught.value.lineno}"
    else:
        assert refusal(name, root=root).line == caught.value.lineno
