"""Build datasets in which ties and last bits decide, and print what came of them.

    python tests/support/same_bits.py FOLDER

prints a line for each output: the SHA-256 of the file, that of what is in its clips, and its name;
and one for splits. All of it must be the same with any processor, Python and NumPy.
"""

import hashlib
import json
import pickle
import random
import sys
from collections.abc import Iterator, Sequence
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np

import skelconv
from skelconv_splits.dividing import balanced, cuts_of

Transforms = Sequence[Any]
Body = np.ndarray

NTU: dict[str, Transforms] = {
    "mmaction2": [{"use": "ntu-bodies", "with": {"profile": "mmaction2"}}],
    "pyskl": [{"use": "ntu-bodies", "with": {"profile": "pyskl"}}],
    "pyskl-repaired": [{"use": "ntu-bodies", "with": {"profile": "pyskl", "repair": True}}],
    "ctrgcn": [{"use": "ntu-bodies", "with": {"profile": "ctrgcn"}}],
    "ntu-filters": [
        "ntu-filter-length",
        "ntu-filter-spread",
        {"use": "ntu-filter-motion", "with": {"least": 0}},
        {"use": "ntu-pack-bodies", "with": {"overlap": 1}},
    ],
    "normalized": [
        {"use": "ntu-bodies", "with": {"profile": "mmaction2"}},
        "pre-normalize-3d",
        "bone",
        "motion",
    ],
    "smoothed": [
        {"use": "ntu-bodies", "with": {"profile": "mmaction2"}},
        {"use": "cast", "with": {"dtype": "float32"}},
        {"use": "smooth", "with": {"window": 9, "degree": 3}},
        {"use": "one-euro", "with": {"fps": 30, "beta": 0.3}},
        {"use": "resample", "with": {"fps": 25, "source_fps": 30}},
        {"use": "select-persons", "with": {"keep": 1, "by": "energy"}},
        "pre-normalize-3d",
    ],
}
BOXES: dict[str, Transforms] = {
    "ntu-tracks": ["ntu-tracks"],
    "by-boxes": [
        {"use": "filter-boxes", "with": {"min_score": 0.6, "min_area": 1000}},
        {"use": "track-people", "with": {"by": "boxes", "min_similarity": 0.1}},
        {"use": "join-tracks", "with": {"max_gap": 20, "min_similarity": 0.1}},
        {"use": "filter-people", "with": {"min_motion": 0.001, "region": [0.1, 0, 0.9, 1]}},
        {"use": "keep-people", "with": {"keep": 4, "by": "motion"}},
        {"use": "keep-people", "with": {"keep": 3, "by": "centre"}},
        {"use": "keep-people", "with": {"keep": 2, "by": "score"}},
        {"use": "interpolate-gaps", "with": {"method": "pchip", "min_score": 0.3}},
        "pre-normalize-2d",
    ],
    "by-joints": [
        {"use": "track-people", "with": {"by": "joints", "min_similarity": 0.001}},
        {"use": "select-persons", "with": {"keep": 3, "by": "area"}},
        {"use": "select-persons", "with": {"keep": 2, "by": "score"}},
        {"use": "map-layout", "with": {"to": "openpose18"}},
        {"use": "scale-to", "with": {"img_shape": [256, 341]}},
    ],
}


def main(folder: Path) -> None:
    raw, table = folder / "raw", folder / "boxes.pkl"
    raw.mkdir(parents=True)
    for name, bodies in people_in_3d(random.Random(3)):
        (raw / f"{name}.skeleton").write_text("".join(lines(bodies)))
    table.write_bytes(pickle.dumps(list(people_in_2d(random.Random(4))), protocol=4))
    ntu = {"use": "ntu-raw", "with": {"root": str(raw), "dataset": "ntu60"}}
    boxes = {"use": "pickle", "with": {"path": str(table)}}
    for source, recipes in ((ntu, NTU), (boxes, BOXES)):
        for name, transforms in recipes.items():
            print(*build(folder, name, source, transforms), name)
    print(*2 * [divided()], "divided")


def build(folder: Path, name: str, source: Any, transforms: Transforms) -> tuple[str, str]:
    target = folder / f"{name}.pkl"
    sink = {"use": "pickle", "with": {"path": str(target)}}
    recipe = {"skelconv": 1, "name": name, "source": source, "sink": sink}
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(recipe | {"transforms": list(transforms)}))  # JSON is YAML
    report = skelconv.build(path, executor="serial")
    quarantined = [f"{clip.id}: {clip.reason}" for clip in report.quarantined]
    assert not quarantined, quarantined
    content = hashlib.sha256()
    for clip in skelconv.open(target):
        arrays = [clip.keypoint, clip.keypoint_score]
        arrays += [clip.fields[field].values for field in sorted(clip.fields)]
        for array in arrays:
            if array is not None:
                content.update(f"{clip.id} {array.dtype.str} {array.shape}".encode())
                content.update(np.ascontiguousarray(array).tobytes())
    return hashlib.sha256(target.read_bytes()).hexdigest(), content.hexdigest()


def divided() -> str:
    """Divide groups of three clips by class; many are as good in one part as in another."""
    content, cuts = hashlib.sha256(), cuts_of((0.6, 0.2, 0.2))
    for seed in range(120):
        rng = random.Random(seed)
        labels = {f"P{number}": [rng.randrange(7) for _ in range(3)] for number in range(300)}
        content.update(repr([*balanced(labels, cuts, 0).items()]).encode())
    return content.hexdigest()


def people_in_3d(rng: random.Random) -> Iterator[tuple[str, list[Body]]]:
    """Make bodies (T, 25, 3) for files of NTU: equal ones, mirrored ones, and reordered ones."""
    sets: list[list[Body]] = []
    # Of the longest, NumPy 1 adds the numbers up in two parts.
    for frames in (20, 60, 340):
        body = walk(rng, frames)
        mirrored = body * [-1, 1, 1]
        others = [body[rng.sample(range(frames), frames)] for _ in range(3)]
        sets += [others, [body, *others], [body, mirrored, mirrored, body]]
    sets += [[mirrored, body, walk(rng, 340)], [body[:30], body[:30]], [body[:30]]]
    sets += [[walk(rng, 50) for _ in range(persons)] for persons in (2, 3, 5)]
    for number, bodies in enumerate(sets):
        yield f"S001C001P001R001A{40 + number:03}", bodies


def walk(rng: random.Random, frames: int) -> Body:
    """Make one body: taller than wide, with joints that sway around their places."""
    places = [(rng.uniform(-0.2, 0.2), rng.uniform(-0.9, 0.9), 3.0) for _ in range(25)]
    numbers = [
        [[p + rng.uniform(-0.1, 0.1) for p in place] for place in places] for _ in repeat(0, frames)
    ]
    return np.round(numbers, 7)


def lines(bodies: Sequence[Body]) -> Iterator[str]:
    yield f"{len(bodies[0])}\n"
    for frame in zip(*bodies, strict=True):
        yield f"{len(frame)}\n"
        for number, joints in enumerate(frame):
            yield f"{72057594037900000 + number} 0 1 1 1 1 0 0.1 -0.2 2\n25\n"
            for x, y, z in joints.tolist():
                yield f"{x!r} {y!r} {z!r} 250.5 210.25 960 500 0.5 0.1 0.2 0.3 2\n"


def people_in_2d(rng: random.Random) -> Iterator[dict[str, Any]]:
    """Make annotations of boxes and joints: equal boxes, equal scores, and mirrored people."""
    frames, scores = 40, (0.6, 0.8, 0.9)
    for number in range(24):
        persons = rng.randint(2, 6)
        boxes = np.zeros((persons, frames, 5), np.float32)
        width, height = rng.randint(8, 20) * 10, rng.randint(10, 30) * 10
        for person in range(persons):
            left = 480 - width // 2 + rng.choice((-1, 1)) * rng.randint(0, 10) * width // 10
            box = (left, 120, left + width, 120 + height, rng.choice(scores))
            for t in range(frames):
                if rng.random() < 0.9:
                    boxes[person, t] = box
        shape = (persons, frames, 17)
        steps = np.array([rng.randint(0, 40) for _ in range(17 * frames)]).reshape(1, frames, 17)
        # All in a clip have one pose, in their boxes, or its mirror image.
        x = np.where(np.arange(persons)[:, None, None] % 2, 40 - steps, steps) / 40
        keypoint = np.zeros((*shape, 2), np.float32)
        keypoint[..., 0] = boxes[..., :1] + x * width
        keypoint[..., 1] = 120 + np.arange(17) / 17 * height
        score = [rng.choice((0, 0.25, 0.5, 0.75)) for _ in range(17 * frames)]
        there = boxes[..., 4:] > 0
        yield {
            "frame_dir": f"S001C001P{number + 1:03}R001A{rng.choice((1, 50)):03}",
            "label": 0,
            "total_frames": frames,
            "img_shape": (540, 960),
            "keypoint": keypoint * there[..., np.newaxis],
            "keypoint_score": there * np.array(score, np.float32).reshape(1, frames, 17),
            "bbox": np.ascontiguousarray(boxes[..., :4]),
            "bbox_score": np.ascontiguousarray(boxes[..., 4]),
        }


if __name__ == "__main__":
    main(Path(sys.argv[1]))
