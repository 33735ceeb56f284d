"""Clips to write, and the parts that they are in."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.assembly import Encoded

from skelconv import Clip
from skelconv.plugin import Sink

SPLITS = {"train": [0, 2], "val": [1]}


def some_clips(layout: str = "ntu25", joints: int = 25, coordinates: int = 3) -> list[Clip]:
    """Three clips of different lengths and numbers of persons."""
    random = np.random.default_rng(3)
    clips = []
    for name, persons, frames, label in (("a", 2, 5, 3), ("b", 1, 8, 1), ("c", 2, 1, 0)):
        keypoint = random.normal(size=(persons, frames, joints, coordinates)).astype(np.float32)
        score = random.uniform(0.1, 1, keypoint.shape[:3]).astype(np.float32)
        two = {"keypoint_score": score} if coordinates == 2 else {}
        clips.append(Clip(name, keypoint, layout, label=label, **two))
    return clips


@pytest.fixture
def write() -> Callable[..., Path]:
    """Write clips through a sink."""

    def write(sink: Sink, clips: Any = None, splits: Any = SPLITS, **more: Any) -> Path:
        clips = some_clips() if clips is None else clips
        sink.assemble(Encoded(sink, clips, splits, **more), sink.target)
        return sink.target

    return write
