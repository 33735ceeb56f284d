"""How well people are followed: IDF1 and HOTA on public ground truth, beside other trackers.

    pip install trackeval lap filterpy scipy
    git clone https://github.com/ifzhang/ByteTrack
    git clone https://github.com/noahcao/OC_SORT
    python benchmarks/tracking.py MOT17-train --bytetrack ByteTrack --ocsort OC_SORT

``MOT17-train`` is a folder with ``*/gt/gt.txt`` and ``*/seqinfo.ini`` in it, the form of
MOTChallenge. Where all have their frames too (``*/img1``), ``join-tracks`` also sees colours. What
of the truth a detector could not see (a visibility below 0.25) is left out, and what is left is
made worse as a detector would: of a person's boxes, one in ten is dropped, each person is hidden
for 10 to 60 frames about once in 150, and each side of a box is moved by 3 % of its length (a
standard deviation). Then every n-th frame is taken. All trackers get the same boxes.

What is counted are ids alone: a tracker gives an id to a box of its input, or none. The truth are
the boxes that it got, as they were before they were moved.
"""

from __future__ import annotations

import argparse
import configparser
import random
import sys
import types
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from skelconv import Clip, Field
from skelconv.vision import appearance_of
from skelconv.vision.boxes import iou
from skelconv_people import plugin
from skelconv_video.clips import with_appearance
from skelconv_video.pictures import Converter

PEDESTRIAN, VISIBLE = 1, 0.25
DROPPED, HIDDEN_EVERY, HIDDEN_FOR, MOVED = 0.1, 150, (10, 60), 0.03
SCORE = 0.9


@dataclass
class Scene:
    """The people in each frame of one scene.

    Attributes
    ----------
    fps : float
        Frames a second.
    shape : (int, int)
        Height and width.
    people : list of ndarray of shape (N,)
        Who is in each frame.
    truth : list of ndarray of shape (N, 4)
        Their boxes.
    seen : list of ndarray of shape (N, 4)
        What a detector gives for them.
    colours : list of ndarray of shape (N, 128)
        What they look like; empty where there are no frames.
    """

    name: str
    fps: float
    shape: tuple[int, int]
    people: list[np.ndarray]
    truth: list[np.ndarray]
    seen: list[np.ndarray]
    colours: list[np.ndarray]

    def every(self, step: int) -> Scene:
        """Return every n-th frame."""
        lists = (self.people, self.truth, self.seen, self.colours)
        return Scene(self.name, self.fps / step, self.shape, *(one[::step] for one in lists))


Tracker = Callable[[Scene], list[np.ndarray]]
"""From a scene to an id for each box of each frame, or -1."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="+")
    parser.add_argument("--only", default="*", help="names of sequences, such as '*-FRCNN'")
    parser.add_argument("--fps", type=float, nargs="+", default=[30, 10, 5, 3])
    parser.add_argument("--bytetrack", type=Path, help="a clone of ifzhang/ByteTrack")
    parser.add_argument("--ocsort", type=Path, help="a clone of noahcao/OC_SORT")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    paths = [p for folder in options.folder for p in sorted(folder.glob(options.only))]
    whole = [read(p, options.seed) for p in paths if (p / "gt/gt.txt").is_file()]
    print(f"{len(whole)} sequences, {sum(len(one.people) for one in whole)} frames")
    trackers = ours(all(one.colours for one in whole))
    if options.bytetrack:
        trackers |= bytetrack(options.bytetrack)
    if options.ocsort:
        trackers |= ocsort(options.ocsort)
    print("| | " + " | ".join(f"{fps:g} fps" for fps in options.fps) + " |")
    print("| --- " * (1 + len(options.fps)) + "|")
    for name, tracker in trackers.items():
        cells = [Score.of(tracker, whole, fps) for fps in options.fps]
        print(f"| {name} | " + " | ".join(map(str, cells)) + " |", flush=True)


def read(folder: Path, seed: int) -> Scene:
    """Read a sequence of MOTChallenge, and make its boxes worse."""
    info = configparser.ConfigParser()
    info.read(folder / "seqinfo.ini")
    about = info["Sequence"]
    rows = np.loadtxt(folder / "gt/gt.txt", delimiter=",", ndmin=2)
    rows = rows[rows[:, 6] > 0]
    if rows.shape[1] == 9:  # MOT16 and later: class and visibility
        rows = rows[(rows[:, 7] == PEDESTRIAN) & (rows[:, 8] >= VISIBLE)]
    rng = random.Random(f"{folder.name} {seed}")
    frames = int(about["seqLength"])
    hidden = {person: _hidden(rng, frames) for person in sorted(set(rows[:, 1].tolist()))}
    table: list[list[tuple[int, list[float], list[float]]]] = [[] for _ in range(frames)]
    for frame, person, x, y, width, height, *_ in rows.tolist():
        moved = [rng.gauss(0, MOVED) for _ in range(4)]
        if rng.random() < DROPPED or int(frame) in hidden[person]:
            continue
        box = [x, y, x + width, y + height]
        lengths = (width, height, width, height)
        seen = [a + part * b for a, part, b in zip(box, moved, lengths, strict=True)]
        table[int(frame) - 1].append((int(person), box, seen))
    for people in table:
        rng.shuffle(people)
    scene = Scene(
        folder.name,
        float(about["frameRate"]),
        (int(about["imHeight"]), int(about["imWidth"])) if "imHeight" in about else (1080, 1920),
        [np.array([one[0] for one in people], int) for people in table],
        [np.array([one[1] for one in people], float).reshape(-1, 4) for people in table],
        [np.array([one[2] for one in people], float).reshape(-1, 4) for people in table],
        [],
    )
    frame_paths = sorted((folder / about.get("imDir", "img1")).glob("*.jpg"))
    if len(frame_paths) != frames:
        return scene
    converter = Converter()
    pictures = (converter.image(path.read_bytes(), strict=True).rgb() for path in frame_paths)
    return replace(scene, colours=list(map(appearance_of, pictures, scene.seen)))


def _hidden(rng: random.Random, frames: int) -> set[int]:
    """Return the frames in which a person cannot be seen."""
    hidden: set[int] = set()
    for start in range(1, frames + 1):
        if rng.random() < 1 / HIDDEN_EVERY:
            hidden |= set(range(start, start + rng.randint(*HIDDEN_FOR)))
    return hidden


@dataclass
class Score:
    """IDF1 and HOTA over all scenes, in percent, and how many ids there are for a person."""

    idf1: float
    hota: float
    ids: float

    def __str__(self) -> str:
        return f"{self.idf1:.1f} / {self.hota:.1f} ({self.ids:.1f})"

    @classmethod
    def of(cls, tracker: Tracker, scenes: Sequence[Scene], fps: float) -> Score:
        """Run a tracker, and compare what it gives with the truth."""
        import trackeval

        identity = trackeval.metrics.Identity({"PRINT_CONFIG": False, "THRESHOLD": 0.5})
        hota = trackeval.metrics.HOTA()
        results: dict[str, dict[str, Any]] = {"identity": {}, "hota": {}}
        ids = people = 0
        for whole in scenes:
            step = max(1, round(whole.fps / fps))
            scene = whole.every(step)
            data = _for_trackeval(scene, tracker(scene))
            results["identity"][whole.name] = identity.eval_sequence(data)
            results["hota"][whole.name] = hota.eval_sequence(data)
            ids += data["num_tracker_ids"]
            people += data["num_gt_ids"]
        return cls(
            100 * float(identity.combine_sequences(results["identity"])["IDF1"]),
            100 * float(np.mean(hota.combine_sequences(results["hota"])["HOTA"])),
            ids / people,
        )


def _for_trackeval(scene: Scene, found: list[np.ndarray]) -> dict[str, Any]:
    named = [ids >= 0 for ids in found]
    kept = [ids[there] for ids, there in zip(found, named, strict=True)]
    people, true_ids = _numbered(scene.people)
    count, tracker_ids = _numbered(kept)
    return {
        "num_timesteps": len(kept),
        "num_gt_ids": people,
        "num_tracker_ids": count,
        "num_gt_dets": sum(map(len, scene.people)),
        "num_tracker_dets": sum(map(len, kept)),
        "gt_ids": true_ids,
        "tracker_ids": tracker_ids,
        "similarity_scores": [
            iou(truth, seen[there])
            for truth, seen, there in zip(scene.truth, scene.seen, named, strict=True)
        ],
    }


def _numbered(frames: list[np.ndarray]) -> tuple[int, list[np.ndarray]]:
    names = np.unique(np.concatenate(frames)) if frames else np.zeros(0, int)
    return len(names), [np.searchsorted(names, ids) for ids in frames]


def ours(colours: bool) -> dict[str, Tracker]:
    """Return what skelconv offers, also with colours where they are known."""
    offers = {offer.name: offer for offer in plugin.skelconv_transforms()}

    def _of(*stages: str) -> Tracker:
        made = [offers[name].create(offers[name].options()) for name in stages]

        def _follow(scene: Scene) -> list[np.ndarray]:
            clip = _as_clip(scene)
            for transform in made:
                clip = transform(clip)
            ids = [np.full(len(boxes), -1) for boxes in scene.seen]
            for person, row in enumerate(clip.fields["number"].values):
                for t in np.flatnonzero(row):
                    ids[t][row[t] - 1] = person
            return ids

        return _follow

    join = _of("track-people", "join-tracks")
    bare = {
        "`track-people`": _of("track-people"),
        "`join-tracks`": lambda scene: join(replace(scene, colours=[])),
    }
    return bare | ({"`join-tracks`, with colours": join} if colours else {})


def _as_clip(scene: Scene) -> Clip:
    most, frames = max(map(len, scene.seen)), len(scene.seen)
    boxes = np.zeros((most, frames, 4), np.float32)
    number = np.zeros((most, frames), np.int32)  # that of a box in its frame, from 1
    for t, seen in enumerate(scene.seen):
        boxes[: len(seen), t] = seen
        number[: len(seen), t] = np.arange(len(seen)) + 1
    fields = {
        "bbox": Field(boxes, "MTB"),
        "bbox_score": Field(np.where(number > 0, np.float32(SCORE), 0), "MT"),
        "number": Field(number, "MT"),
    }
    keypoint = np.zeros((most, frames, 0, 2), np.float32)
    clip = Clip(scene.name, keypoint, "coco17", img_shape=scene.shape, fields=fields)
    return with_appearance(clip, dict(enumerate(scene.colours))) if scene.colours else clip


def bytetrack(clone: Path) -> dict[str, Tracker]:
    """Return ByteTrack with its defaults."""
    package = types.ModuleType("yolox")  # without what it imports first: the whole detector
    package.__path__ = [str(clone / "yolox")]
    sys.modules["yolox"] = package
    with _stand_ins():
        from yolox.tracker.byte_tracker import BYTETracker

    def _follow(scene: Scene) -> list[np.ndarray]:
        how = types.SimpleNamespace(
            track_thresh=0.5, track_buffer=30, match_thresh=0.8, mot20=False
        )
        tracker = BYTETracker(how, frame_rate=30)  # 30 frames of memory at any rate, as OC-SORT's
        found = []
        for seen in scene.seen:
            boxes = np.column_stack([seen, np.full(len(seen), SCORE)])
            tracks = tracker.update(boxes, scene.shape, scene.shape)
            places = np.array([one.tlbr for one in tracks]).reshape(-1, 4)
            found.append(_read_off(seen, places, [one.track_id for one in tracks]))
        return found

    return {"ByteTrack": _follow}


def ocsort(clone: Path) -> dict[str, Tracker]:
    """Return OC-SORT with its defaults, and with an id from the first frame of a track on."""
    sys.path.insert(0, str(clone))
    from trackers.ocsort_tracker.ocsort import OCSort

    def _of(**options: int) -> Tracker:
        def _follow(scene: Scene) -> list[np.ndarray]:
            tracker = OCSort(det_thresh=0.6, **options)
            found = []
            for seen in scene.seen:
                boxes = np.column_stack([seen, np.full(len(seen), SCORE)])
                tracks = tracker.update(boxes, scene.shape, scene.shape)
                found.append(_read_off(seen, tracks[:, :4], tracks[:, 4]))
            return found

        return _follow

    return {"OC-SORT": _of(), "OC-SORT, `min_hits: 1`": _of(min_hits=1)}


def _read_off(seen: np.ndarray, places: np.ndarray, ids: Any) -> np.ndarray:
    """Give each id to the box that the tracker's own box overlaps most."""
    from scipy.optimize import linear_sum_assignment

    found = np.full(len(seen), -1)
    overlaps = iou(places, seen)
    rows, columns = linear_sum_assignment(-overlaps)
    for row, column in zip(rows, columns, strict=True):
        if overlaps[row, column] > 0:
            found[column] = int(ids[row])
    return found


@contextmanager
def _stand_ins() -> Iterator[None]:
    """Stand in for what ByteTrack's tracker imports, and this does not use or has itself."""
    names = ("torch", "torch.nn", "torch.nn.functional", "cv2", "cython_bbox")
    sys.modules |= {name: types.ModuleType(name) for name in names}
    boxes = sys.modules["cython_bbox"]
    boxes.bbox_overlaps = lambda *both: iou(*(np.array(one).reshape(-1, 4) for one in both))
    np.float = float  # NumPy's own until 1.24
    yield
    for name in names:
        del sys.modules[name]


if __name__ == "__main__":
    main()
