"""Whole builds from videos: real files, decoded for real, with people that are coloured boxes."""

import csv
import json
import pickle
import subprocess
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.images import files_in, pack, write_images
from support.videos import cut_off, numbered, scene, write_sound, write_video
from toy_models import Detector, PoseModel

import skelconv
from skelconv import BuildError, PluginError, RecipeError, SkelconvError
from skelconv.plugin import DetectorPlugin, PoseModelPlugin, Poses
from skelconv.testing import installed_plugins
from skelconv_video import chunks, finders
from skelconv_video.pictures import Converter

Box = tuple[int, int, int, int]
Scenes = Sequence[Sequence[Box | None]]
COUNT = {"keep": 2, "by": "length"}


def walk(frames: int, *, gap: int | None = None) -> Scenes:
    """A person who walks to the right, and one who stands; one frame is empty."""
    return [
        [None, None] if t == gap else [(2 * (t % 20), 2, 2 * (t % 20) + 20, 20), (40, 24, 52, 45)]
        for t in range(frames)
    ]


@pytest.fixture
def videos(tmp_path: Path) -> Callable[[dict[str, Scenes]], Path]:
    def make(clips: dict[str, Scenes]) -> Path:
        for name, scenes in clips.items():
            path = tmp_path / "videos" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            write_video(path, [scene(boxes) for boxes in scenes])
        return tmp_path / "videos"

    return make


def build(root: Path, **options: Any) -> tuple[Any, dict[str, dict[str, Any]]]:
    """Build a pickle; options of video-pose replace these."""
    out = root.parent / "out.pkl"
    report = build_into("pickle", out, root, **options)
    # Without splits a pickle is a bare list.
    return report, {clip["frame_dir"]: clip for clip in pickle.loads(out.read_bytes())}


def build_into(sink: str, out: Path, root: Path, **options: Any) -> Any:
    path = root.parent / "recipe.yaml"
    source = {"root": str(root), "pose": "toy-pose", "detector": "toy-detector", **options}
    recipe = {
        "skelconv": 1,
        "name": "own",
        "source": {"use": "video-pose", "with": source},
        "sink": {"use": sink, "with": {"path": str(out)}},
    }
    path.write_text(json.dumps(recipe))
    return skelconv.build(path, executor="serial", fresh=out.exists())


def test_people_are_followed_through_a_video(videos: Callable[..., Path]) -> None:
    scenes = walk(20, gap=7)
    report, clips = build(videos({"wave/a b ä.mkv": scenes}), labels={"folder": True})
    clip = clips["wave/a b ä"]
    assert report.clips == 1
    assert clip["label"] == 0
    assert clip["total_frames"] == 20
    assert clip["img_shape"] == clip["original_shape"] == (48, 64)
    assert clip["keypoint"].shape == (2, 20, 17, 2)
    for t, boxes in enumerate(scenes):
        for m, box in enumerate(boxes):
            ends = np.zeros(4) if box is None else np.array(box)
            np.testing.assert_array_equal(clip["keypoint"][m, t, 0], ends[:2])
            np.testing.assert_array_equal(clip["keypoint"][m, t, -1], ends[2:])
    assert (clip["keypoint_score"] == 0).all((0, 2)).tolist() == [t == 7 for t in range(20)]
    assert clip["empty_frames"].tolist() == [t == 7 for t in range(20)]


def test_three_ways_to_find_people_agree(videos: Callable[..., Path], tmp_path: Path) -> None:
    scenes = walk(70, gap=65)  # more than one chunk
    root = videos({"a.mkv": scenes})
    given = [[[*b, s] for b, s in zip(f, (0.9, 0.8), strict=True) if b] for f in scenes]
    (tmp_path / "boxes.json").write_text(json.dumps({"a": given}))
    arrays = [np.array(frame, np.float32).reshape(-1, 5) for frame in given]
    (tmp_path / "boxes.pkl").write_bytes(pickle.dumps({"a": arrays}))
    with (tmp_path / "boxes.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "frame", "x1", "y1", "x2", "y2", "score"])
        writer.writerows(["a", t, *box] for t, frame in enumerate(given) for box in frame)
    ways: list[dict[str, Any]] = [
        {},
        {"detector": None, "pose": "toy-one-stage"},
        *(
            {"detector": None, "boxes": {"from": form, "path": str(tmp_path / f"boxes.{end}")}}
            for form, end in (("json", "json"), ("pickle", "pkl"), ("csv", "csv"))
        ),
    ]
    first, *others = [build(root, **way, keep_boxes=True)[1]["a"] for way in ways]
    assert first["bbox"].shape == (2, 70, 4)
    assert first["bbox_score"][:, 0].tolist() == [np.float32(0.9), np.float32(0.8)]
    for other in others:
        assert first.keys() == other.keys()
        for key in ("keypoint", "keypoint_score", "bbox", "bbox_score", "empty_frames"):
            np.testing.assert_array_equal(first[key], other[key])


def test_the_boxes_scores_come_into_a_table_of_contents(videos: Callable[..., Path]) -> None:
    root = videos({"a.mkv": walk(6, gap=2)})
    out = root.parent / "k400"
    build_into("kpfiles", out, root, keep_boxes=True, labels={"pattern": "(?P<label>a)"})
    (entry,) = pickle.loads((out / "annotations.pkl").read_bytes())
    frames = [t for t in range(1, 7) if t != 3 for _ in range(2)]
    assert entry["frame_inds"].tolist() == frames
    assert entry["box_score"].tolist() == [np.float16(0.9), np.float16(0.8)] * 5
    assert entry["valid"][0.8] == entry["valid"][0.9] == 5


def test_even_motion_is_found_by_looking_at_every_fourth_frame(
    videos: Callable[..., Path],
) -> None:
    root = videos({"a.mkv": walk(9)})
    every = build(root)[1]["a"]
    fourth = build(root, detect_every=4)[1]["a"]
    np.testing.assert_allclose(fourth["keypoint"], every["keypoint"], atol=1e-4)


def test_people_transforms_choose_whose_joints_are_found(videos: Callable[..., Path]) -> None:
    root = videos({"a.mkv": walk(5)})
    _, clips = build(root, people=[{"use": "toy-first-person"}])
    np.testing.assert_array_equal(clips["a"]["keypoint"], build(root)[1]["a"]["keypoint"][:1])


def turning_back() -> Scenes:
    """Two people meet where nobody sees them, and each goes back to where he or she came from."""
    left = {t: 2 + 2 * t for t in range(10)} | {t: 48 - 2 * t for t in range(18, 24)}
    right = {t: 50 - 2 * t for t in range(10)} | {t: 4 + 2 * t for t in range(18, 24)}
    people = (left, right)
    return [
        [(one[t], 10, one[t] + 12, 40) if t in one else None for one in people] for t in range(24)
    ]


@pytest.mark.parametrize("way", ["detector", "one stage", "given boxes"])
def test_people_who_were_hidden_are_known_by_their_colours(
    way: str, videos: Callable[..., Path], tmp_path: Path
) -> None:
    scenes = turning_back()
    given = [[[*b, s] for b, s in zip(f, (0.9, 0.8), strict=True) if b] for f in scenes]
    (tmp_path / "boxes.json").write_text(json.dumps({"a": given}))
    ways: dict[str, dict[str, Any]] = {
        "detector": {},
        "one stage": {"detector": None, "pose": "toy-one-stage"},
        "given boxes": {
            "detector": None,
            "boxes": {"from": "json", "path": str(tmp_path / "boxes.json")},
        },
    }
    root = videos({"a.mkv": scenes})
    apart, swapped = [["left", "left"], ["right", "right"]], [["left", "right"], ["right", "left"]]
    for colours, sides in ((True, apart), (False, swapped)):
        join = {"use": "join-tracks", "with": {"appearance": colours}}
        people = [{"use": "track-people", "with": {"max_age": 0}}, join]
        _, clips = build(root, people=people, keep_boxes=True, **ways[way])
        clip = clips["a"]
        assert not {"appearance", "appearance_row"} & clip.keys()
        middle = clip["bbox"][:, [4, 22], 0]
        found = [["left" if x < 25 else "right" for x in row] for row in middle]
        assert sorted(found) == sides


def test_colours_are_given_to_those_alone_who_ask(
    videos: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(finders, "appearance_of", never)
    root = videos({"a.mkv": walk(5)})
    blind = {"use": "join-tracks", "with": {"appearance": False}}
    build(root, people=["track-people", blind, {"use": "keep-people", "with": COUNT}])
    with pytest.raises(SkelconvError, match="AssertionError"):
        build(root, people=["track-people", "join-tracks"])


def test_a_transform_of_people_that_changes_the_frames_ends_the_build(
    videos: Callable[..., Path],
) -> None:
    shorter = {"use": "toy-first-person", "with": {"frames": 2}}
    with pytest.raises(
        SkelconvError, match="'toy-first-person' under 'people' changed the number of frames"
    ):
        build(videos({"a.mkv": walk(5)}), people=[shorter])


def test_one_stage_models_joints_can_be_transformed_under_people(
    videos: Callable[..., Path],
) -> None:
    root = videos({"a.mkv": walk(5, gap=2)})
    one_stage = {"detector": None, "pose": "toy-one-stage"}
    _, clips = build(root, **one_stage, people=["interpolate-gaps"])
    assert clips["a"]["keypoint"][0, 2, 0].tolist() == [4, 2]


def test_a_table_cuts_clips_out_of_videos(videos: Callable[..., Path], tmp_path: Path) -> None:
    root = videos({"long_rgb.mkv": walk(25)})
    (tmp_path / "cuts.csv").write_text(
        "id,video,start,end,label\n"
        "long-1,long.mkv,0,0.4,0\nlong-2,long,0.4,,1\nnone,gone.mkv,1,2,1\n"
    )
    table = str(tmp_path / "cuts.csv")
    report, clips = build(root, cuts=table, strip="_rgb", labels={"csv": table})
    assert {name: clip["total_frames"] for name, clip in clips.items()} == {
        "long-1": 10,
        "long-2": 15,
    }
    assert [clip["label"] for clip in clips.values()] == [0, 1]
    assert "none" in report.absent.first
    assert clips["long-2"]["keypoint"][0, 0, 0].tolist() == [20, 2]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("id,video,start\na,a,1\n", "its header must name the column 'end' once"),
        ("id,video,start,end\na,a,x,2\n", "'x' is not a time in seconds"),
        ("id,video,start,end\na,a,-1,2\n", "'-1' is not a time in seconds"),
        ("id,video,start,end\na,a,3,2\n", "it ends at 2 s and starts at 3 s"),
        ("id,video,start,end\n,a,1,2\n", "the id or the video is missing"),
    ],
)
def test_a_table_that_is_wrong_is_reported_with_its_line(
    content: str, message: str, videos: Callable[..., Path], tmp_path: Path
) -> None:
    root = videos({"a.mkv": walk(2)})
    (tmp_path / "cuts.csv").write_text(content)
    with pytest.raises(BuildError, match=r"cuts\.csv:[12]") as caught:
        build(root, cuts=str(tmp_path / "cuts.csv"))
    assert caught.value.what == message


def test_bad_videos_are_quarantined_with_their_reasons(videos: Callable[..., Path]) -> None:
    root = videos({"good.mkv": walk(3), "empty_scene.mkv": [[None]] * 4, "one.mkv": walk(1)})
    (root / "empty.mp4").write_bytes(b"")
    (root / "text.mp4").write_text("no video\n" * 100)
    (root / "notes.txt").write_text("a stray\n")
    write_sound(root / "sound.mp4")
    write_video(root / "large.mkv", [np.kron(scene(walk(1)[0]), np.ones((90, 120, 1), np.uint8))])
    write_video(root / "two.mkv", numbered(2))
    write_video(root / "two.avi", numbered(2))
    report, clips = build(root)
    assert set(clips) == {"good", "one", "large"}
    assert clips["large"]["img_shape"] == (4320, 7680)
    reasons = {failure.id: failure.reason for failure in report.quarantined}
    assert reasons.pop("two") in {
        "two.avi has this name already",
        "nobody is in it: no person was found in its 2 frames",
    }
    assert reasons == {
        "empty": "it is empty: it has no bytes",
        "text": "it is not a video, or its start or index is damaged",
        "sound": "it has no video stream, only audio",
        "empty_scene": "nobody is in it: no person was found in its 4 frames",
    }


def test_boxes_that_do_not_fit_are_quarantined(videos: Callable[..., Path], tmp_path: Path) -> None:
    names = ("absent", "short", "wrong", "outside", "good")
    root = videos({f"{name}.mkv": walk(3) for name in names})
    good = [[[1, 2, 30, 40]]] * 3
    boxes = {
        "good": good,
        "short": good[:2],
        "wrong": [[[1, 2, 3]]] * 3,
        "outside": [[], [[1, 48, 9, 60]], []],
    }
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    given = {"from": "json", "path": str(tmp_path / "boxes.json")}
    report, clips = build(root, detector=None, boxes=given)
    assert set(clips) == {"good"}
    assert {failure.id: failure.reason for failure in report.quarantined} == {
        "absent": "there are no boxes for it",
        "short": "its boxes cannot be used: they are for 2 frames, and it has 3",
        "wrong": "its boxes cannot be used: frame 0: a box has 3 numbers, not 4 or 5",
        "outside": "its boxes cannot be used: frame 1: a box from (1, 48) to (9, 60) is outside "
        "the frame, which is 64 x 48",
    }


def test_a_pickle_of_boxes_runs_nothing(videos: Callable[..., Path], tmp_path: Path) -> None:
    root = videos({"a.mkv": walk(2)})
    (tmp_path / "boxes.pkl").write_bytes(pickle.dumps({"a": print}))
    given = {"from": "pickle", "path": str(tmp_path / "boxes.pkl")}
    with pytest.raises((SkelconvError, PluginError)):
        build(root, detector=None, boxes=given)


def test_a_model_that_cannot_be_made_ends_the_build_at_once(
    videos: Callable[..., Path],
) -> None:
    root = videos({"a.mkv": walk(2), "b.mkv": walk(2)})
    with pytest.raises(SkelconvError, match="the weights are not for this model"):
        build(root, detector={"use": "toy-detector", "with": {"broken": True}})


def test_a_gpu_that_is_not_there_ends_the_build_at_once(
    videos: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    root = videos({"a.mkv": walk(2)})
    path = root.parent / "recipe.yaml"
    path.write_text(
        f"skelconv: 1\nname: own\nsource:\n  use: video-pose\n  with:\n    root: {root}\n"
        "    detector: {use: toy-detector, with: {device: cuda}}\n    pose: toy-pose\n"
        f"sink: {{use: pickle, with: {{path: {root.parent}/o.pkl}}}}\n"
    )
    with pytest.raises(BuildError, match="a GPU is asked for"):
        skelconv.build(path)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"detector": None}, "toy-pose needs boxes"),
        ({"pose": "toy-one-stage"}, "toy-one-stage finds people itself"),
        ({"detector": None, "pose": "toy-one-stage", "detect_every": 2}, "is for a detector"),
        ({"boxes": {"from": "json", "path": "a"}}, "name 'detector' or 'boxes', not both"),
        ({"people": ["smooth"]}, "smooth does not work on boxes alone"),
        (
            {"people": [{"use": "track-people", "with": {"by": "joints"}}]},
            "track-people does not work on boxes alone with these options",
        ),
        (
            {
                "detector": {"use": "toy-detector", "with": {"device": "cuda:0"}},
                "pose": {"use": "toy-pose", "with": {"device": "cuda:1"}},
            },
            "a worker has one GPU, and cuda:0 and cuda:1 are asked for",
        ),
    ],
)
def test_people_come_from_one_place(
    options: dict[str, Any], message: str, videos: Callable[..., Path]
) -> None:
    with pytest.raises(RecipeError, match=message):
        build(videos({"a.mkv": walk(2)}), **options)


def test_workers_do_not_change_the_bytes(videos: Callable[..., Path]) -> None:
    root = videos({f"{name}.mkv": walk(4) for name in "abcde"})
    build(root)
    serial = (root.parent / "out.pkl").read_bytes()
    skelconv.build(root.parent / "recipe.yaml", workers=2, fresh=True)
    assert (root.parent / "out.pkl").read_bytes() == serial


@pytest.mark.parametrize("packed", ["", "zip", "tar", "tar.gz"])
@pytest.mark.parametrize("kind", ["video", "images"])
def test_frames_from_anywhere_give_the_same_clips(kind: str, packed: str, tmp_path: Path) -> None:
    pictures = {
        name: [scene(boxes) for boxes in walk(count)] for name, count in (("a/x", 70), ("b/y", 9))
    }
    for name, frames in pictures.items():
        (tmp_path / "v" / name).parent.mkdir(parents=True)
        write_video(tmp_path / "v" / f"{name}.mkv", frames)
        write_images(tmp_path / "i" / name, frames)
    labels = {"folder": True}
    how = {"labels": labels, "fps": 10, "image_fps": 25, "stride": 2}
    _, expected = build(tmp_path / "v", **how)
    root = tmp_path / kind[0]
    if packed:
        root = pack(tmp_path / f"p.{packed}", files_in(root), deflated=True)
    _, clips = build(root, **how)
    assert clips.keys() == expected.keys() == {"a/x", "b/y"}
    for name, clip in clips.items():
        assert clip["total_frames"] == expected[name]["total_frames"]
        assert clip["label"] == expected[name]["label"]
        np.testing.assert_array_equal(clip["keypoint"], expected[name]["keypoint"])
    serial = (tmp_path / "out.pkl").read_bytes()
    skelconv.build(tmp_path / "recipe.yaml", workers=2, fresh=True)
    assert (tmp_path / "out.pkl").read_bytes() == serial


def test_images_that_cannot_be_frames_are_quarantined_alone(tmp_path: Path) -> None:
    pictures = [scene(boxes) for boxes in walk(6)]
    for name in ("good", "cut", "size"):
        write_images(tmp_path / "i" / name, pictures)
    cut_off(tmp_path / "i" / "cut" / "img_00003.png", 0.5)
    write_images(tmp_path / "i" / "size", [np.zeros((9, 9, 3), np.uint8)], "img_9.png")
    report, clips = build(tmp_path / "i")
    assert list(clips) == ["good"]
    reasons = {failure.id: failure.reason for failure in report.quarantined}
    assert reasons["size"] == "its frames change from 64 x 48 to 9 x 9 pixels at frame 6"
    assert reasons["cut"].startswith("it is damaged")
    _, clips = build(tmp_path / "i", damaged="keep")
    assert clips["cut"]["total_frames"] == 5


def test_ten_minutes_are_decoded_detected_and_estimated_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And in chunks, whatever the length; a clip of 138 MB is kept for its second look."""
    frames = 25 * 600
    picture = scene([(4, 10, 12, 40)])
    pictures = (picture for _ in range(frames))
    write_video(tmp_path / "v.mkv", pictures, codec="mpeg4", pix_fmt="yuv420p")
    counts = Counter[str]()
    largest = 0

    def counted(what: str, before: Any) -> Any:
        def run(self: Any, given: Sequence[Any], *more: Any) -> Any:
            nonlocal largest
            counts[what] += len(given)
            largest = max(largest, len(given))
            return before(self, given, *more)

        return run

    def taken(self: Converter, frame: Any) -> Any:
        counts["decoded"] += 1
        return decoded(self, frame)

    decoded = Converter.picture
    monkeypatch.setattr(Converter, "picture", taken)
    monkeypatch.setattr(Detector, "detect", counted("detected", Detector.detect))
    monkeypatch.setattr(PoseModel, "estimate", counted("estimated", PoseModel.estimate))
    # Without people who are chosen at the end, nothing needs to be kept.
    monkeypatch.setattr(chunks, "kept_bytes", lambda: frames * picture.nbytes // 2)
    for people, of in (([], 0), (["toy-first-person"], frames * picture.nbytes)):
        counts.clear()
        if of:
            monkeypatch.setattr(chunks, "kept_bytes", lambda of=of: of)
        _, clips = build(tmp_path / "v.mkv", people=people)
        assert clips["v"]["keypoint"].shape == (1, frames, 17, 2)
        assert counts == {"decoded": frames, "detected": frames, "estimated": frames}
        assert largest <= chunks.CHUNK_FRAMES


_PEAK = """
import resource, sys
import skelconv
from skelconv_video import chunks, finders
chunks.CHUNK_BYTES, chunks.kept_bytes = 8 * 2**20, lambda: 16 * 2**20
skelconv.build(sys.argv[1], executor="serial")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_is_flat_in_the_length_of_a_video(tmp_path: Path) -> None:
    """Neither is kept for its second look; the long one is 0.5 GB when it is decoded."""
    peaks = []
    for seconds in (4, 24):
        root = tmp_path / str(seconds)
        root.mkdir()
        picture = np.kron(scene([(4, 10, 12, 40)]), np.ones((10, 10, 1), np.uint8))
        write_video(
            root / "a.mp4",
            (picture for _ in range(25 * seconds)),
            codec="libx264",
            pix_fmt="yuv420p",
            options={"preset": "ultrafast"},
        )
        recipe = tmp_path / f"{seconds}.yaml"
        recipe.write_text(
            f"skelconv: 1\nname: own\nsource:\n  use: video-pose\n  with:\n    root: {root}\n"
            "    detector: toy-detector\n    pose: toy-pose\n    people: [toy-first-person]\n"
            f"sink: {{use: pickle, with: {{path: {tmp_path}/{seconds}.pkl}}}}\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", _PEAK, str(recipe)], capture_output=True, text=True, check=True
        )
        peaks.append(int(done.stdout) / 1024)
    assert peaks[1] < peaks[0] + 40


def test_windows_of_a_long_video_are_decoded_and_detected_once(tmp_path: Path) -> None:
    """Ten minutes, windows that overlap by half: null models count what they are given."""
    seen: Counter[str] = Counter()

    class Detector:
        def detect(self, frames: Sequence[np.ndarray]) -> list[np.ndarray]:
            seen["detected"] += len(frames)
            return [np.array([[1, 1, 9, 9, 0.9]], np.float32) for _ in frames]

    class Pose:
        layout = "coco17"

        def estimate(
            self, frames: Sequence[np.ndarray], boxes: Sequence[np.ndarray]
        ) -> list[Poses]:
            seen["estimated"] += len(frames)
            return [
                Poses(np.full((len(of), 17, 2), 5, np.float32), np.ones((len(of), 17), np.float32))
                for of in boxes
            ]

    fps, minutes, length = 5, 10, 100
    count = fps * 60 * minutes
    root = tmp_path / "videos"
    root.mkdir()
    picture = scene([(1, 1, 9, 9)], 64, 64)
    write_video(root / "long.mkv", (picture for _ in range(count)), fps=fps)
    recipe = {
        "skelconv": 1,
        "name": "long",
        "source": {
            "use": "video-pose",
            "with": {"root": str(root), "pose": "null-pose", "detector": "null-detector"},
        },
        "transforms": [{"use": "windows", "with": {"length": length, "stride": length // 2}}],
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    models = (
        DetectorPlugin(name="null-detector", summary="One box", create=lambda _: Detector()),
        PoseModelPlugin(name="null-pose", summary="All in one place", create=lambda _: Pose()),
    )
    tracemalloc.start()
    try:
        with installed_plugins(*models):
            report = skelconv.build(recipe, executor="serial")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < count * picture.nbytes / 2  # less than the frames, far more than the keypoints
    assert report.clips == count // (length // 2) - 1
    assert seen == {"detected": count, "estimated": count}
    clips = pickle.loads((tmp_path / "out.pkl").read_bytes())
    assert [clip["frame_dir"] for clip in clips[:2]] == ["long@000000-000100", "long@000050-000150"]
