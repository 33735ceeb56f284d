"""Datasets made in memory, for tests of what stands on readers."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skelconv import Clip, Dataset, Field


class MemoryReader:
    """A reader of clips that are there already; counts what is read."""

    def __init__(
        self,
        clips: Sequence[Clip],
        splits: Mapping[str, Sequence[int]] | None = None,
        unknown: Mapping[str, Sequence[str]] | None = None,
        label_names: Sequence[str] = (),
    ) -> None:
        self._clips = clips
        self.ids = [clip.id for clip in clips]
        self.labels = [clip.label for clip in clips]
        self.layout = clips[0].layout if clips else ""
        self.splits = splits or {}
        self.unknown = unknown or {}
        self.label_names = label_names
        self.info: dict[str, Any] = {}
        self.reads: list[int] = []

    def read(self, index: int) -> Clip:
        self.reads.append(index)
        return self._clips[index]


def clip(
    clip_id: str = "a",
    *,
    persons: int = 1,
    frames: int = 4,
    joints: int = 17,
    channels: int = 2,
    label: int | tuple[int, ...] | None = 0,
    score: bool = True,
    img_shape: tuple[int, int] | None = (1080, 1920),
    layout: str = "coco17",
    seed: int = 0,
    fields: Mapping[str, Field] | None = None,
) -> Clip:
    rng = np.random.default_rng(seed)
    shape = (persons, frames, joints)
    return Clip(
        clip_id,
        rng.uniform(1, 1000, (*shape, channels)).astype(np.float32),
        layout,
        label=label,
        keypoint_score=rng.uniform(0, 1, shape).astype(np.float32) if score else None,
        img_shape=img_shape,
        fields=fields or {},
    )


def dataset(*clips: Clip, **keywords: Any) -> Dataset:
    return Dataset(MemoryReader(clips, **keywords))
