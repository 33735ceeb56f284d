"""The rules for NTU's videos against MMAction2's own functions, which come in its wheel."""

import ast
import importlib.util
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from skelconv import Clip, ClipError, Field
from skelconv_ntu.video_tracks import ntu_tracks

Boxes = np.ndarray
ALONE, TOGETHER = "S001C001P001R001A001", "S001C001P001R001A050"
SCRIPT = ".mim/tools/data/skeleton/ntu_pose_extraction.py"


@pytest.fixture(scope="module")
def peer() -> Callable[[str, list[Boxes]], Boxes]:
    """Return the script's ``ntu_det_postproc``, as it computes under NumPy 1.

    The script cannot be imported, since it fetches models, and calls NumPy 1 for infinity. NumPy 1
    compares a float32 with the two limits of shares in float64; a later one does so when these are
    not Python's floats.
    """
    package = Path(importlib.util.find_spec("mmaction").origin).parent
    text = (package / SCRIPT).read_text()
    for limit in ("threshold=0.8", "iou_thre = 0.6"):
        assert text.count(limit) == 1
        text = re.sub(limit, f"{limit[:-3]}np.float64({limit[-3:]})", text)
    tree = ast.parse(text)
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    names = {
        "np": SimpleNamespace(**{**vars(np), "Inf": np.inf}),
        "defaultdict": defaultdict,
        "print": lambda *_: None,
    }
    exec(compile(tree, SCRIPT, "exec"), names)  # a package's own file
    return names["ntu_det_postproc"]


def clip(name: str, frames: list[Boxes]) -> Clip:
    most = max(map(len, frames))
    table = np.zeros((most, len(frames), 5), np.float32)
    for t, boxes in enumerate(frames):
        table[: len(boxes), t] = boxes
    return Clip(
        id=name,
        keypoint=np.zeros((most, len(frames), 17, 2), np.float32),
        keypoint_score=np.zeros((most, len(frames), 17), np.float32),
        layout="coco17",
        img_shape=(540, 960),
        fields={
            "bbox": Field(table[..., :4], "MTB"),
            "bbox_score": Field(table[..., 4], "MT"),
        },
    )


def detections(rng: np.random.Generator, kind: str) -> list[Boxes]:
    """Make what a detector may find: people who walk, come, go, cross, and others in them."""
    total = int(rng.integers(7, 45))
    count = {"none": 0, "one": 1, "sure": 1, "two": 2, "sure two": 2, "crossing": 2}.get(
        kind, int(rng.integers(2, 6))
    )
    frames: list[list[list[float]]] = [[] for _ in range(total)]
    for number in range(count):
        x, y = rng.uniform(100, 860), rng.uniform(100, 440)
        speed = rng.normal(0, 6, 2)
        if kind == "crossing":
            x, y, speed = (200, 250, (9, 0)) if number else (700, 270, (-9, 0))
        width, height = rng.uniform(40, 160), rng.uniform(60, 300)
        sure = kind.startswith("sure") or rng.random() < 0.3
        lost = kind == "lost" and rng.choice([0.1, 0.4, 0.8])
        away = rng.integers(0, total, 2) if kind == "lost" else (0, 0)
        for t in range(total):
            if rng.random() < lost or min(away) <= t < max(away):
                continue
            left, top = x + speed[0] * t + rng.normal(0, 2), y + speed[1] * t + rng.normal(0, 2)
            score = rng.uniform(0.96, 1) if sure else rng.uniform(0.5, 1)
            frames[t].append([left, top, left + width, top + height, score])
            if kind == "inside" and rng.random() < 0.6:
                score = rng.uniform(0.5, 1)
                frames[t].append([left + 3, top + 3, left + width / 2, top + height / 2, score])
    made = []
    for boxes in frames:
        found = np.array(boxes, np.float32).reshape(-1, 5)
        made.append(found[np.argsort(-found[:, 4], kind="stable")])
    return made


def whole_pixels(rng: np.random.Generator) -> list[Boxes]:
    """Make boxes that share tenths of each other, as detectors with whole pixels may find."""
    (left, top), (width, height) = rng.integers(0, 400, 2), rng.integers(8, 30, 2) * 10
    found = [(left, top, left + width, top + height)]
    for _ in range(int(rng.integers(1, 4))):
        x = left + width * int(rng.integers(0, 11)) // 10
        found.append((x, top, x + width, top + height))
    boxes = np.array([(*box, rng.choice([0.6, 0.8, 0.9])) for box in found], np.float32)
    boxes = boxes[np.argsort(-boxes[:, 4], kind="stable")]
    return [boxes[rng.random(len(boxes)) < 0.95] for _ in range(9)]


@pytest.mark.parametrize("name", [ALONE, TOGETHER])
@pytest.mark.parametrize(
    "kind",
    ["none", "one", "sure", "two", "sure two", "crossing", "many", "lost", "inside", "whole"],
)
def test_the_boxes_are_the_same_to_the_bit(
    kind: str, name: str, peer: Callable[[str, list[Boxes]], Boxes]
) -> None:
    rng = np.random.default_rng(sum(map(ord, kind + name)))
    outcomes: Counter[str] = Counter()
    for _ in range(60):
        frames = whole_pixels(rng) if kind == "whole" else detections(rng, kind)
        try:
            expected = peer(name, frames)
        except Exception:
            # It has no person to choose, and stops somewhere; here that is a reason.
            with pytest.raises(ClipError, match="no person is there long enough"):
                ntu_tracks(clip(name, frames))
            outcomes["stopped"] += 1
            continue
        found = ntu_tracks(clip(name, frames))
        boxes, score = (found.fields[key].values for key in ("bbox", "bbox_score"))
        # Of one person it gives (T, 5), with which its own next step fails.
        expected = expected.reshape(len(frames), -1, 5).transpose(1, 0, 2).astype(np.float32)
        np.testing.assert_array_equal(np.concatenate([boxes, score[..., None]], -1), expected)
        outcomes["chosen"] += 1
    assert outcomes["stopped" if kind == "none" else "chosen"] > 15
