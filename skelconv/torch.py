"""Datasets for training with PyTorch. The one module of the core that imports torch."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np
import torch
from torch.utils import data

from skelconv.data.clip import Clip
from skelconv.datasets.dataset import Dataset, as_dataset

Sample = dict[str, Any]
Sampling = Literal["uniform", "window"]

_SAMPLINGS = get_args(Sampling)


class ClipDataset(data.Dataset[Sample]):
    """A map-style dataset of tensors.

    It can be pickled and used by any number of `torch.utils.data.DataLoader` workers: what is
    open is opened again in each of them. Random frames are drawn with torch's generator, which
    a `DataLoader` seeds for each worker and epoch.

    Parameters
    ----------
    source : Dataset or path
        The clips, or a file that `skelconv.open` reads.
    split : str, optional
        The part of it; all clips by default.
    frames : int, optional
        Give every clip this many frames; their own number by default.
    sampling : {"uniform", "window"}
        How to choose them: one from each of `frames` equal parts of the clip (as PoseConv3D is
        trained), or `frames` in a row. A clip that is too short is repeated from its start.
    random : bool
        Draw at random (training), or take the middle (testing).

    Raises
    ------
    ValueError
        When `frames` is not positive, or `sampling` is not known.

    Notes
    -----
    A sample is a dict of ``keypoint`` (M, T, V, C) and, where the clip has scores,
    ``keypoint_score`` (M, T, V), both float32; ``label`` (int, tuple of int or None),
    ``total_frames`` (T before sampling) and ``id``.
    """

    def __init__(
        self,
        source: Dataset | str | os.PathLike[str],
        split: str | None = None,
        *,
        frames: int | None = None,
        sampling: Sampling = "uniform",
        random: bool = False,
    ) -> None:
        if frames is not None and frames < 1:
            raise ValueError(f"frames is {frames}: it must be at least 1, or None for all")
        if sampling not in _SAMPLINGS:
            raise ValueError(f"sampling is {sampling!r}: it must be one of {', '.join(_SAMPLINGS)}")
        dataset = as_dataset(source)
        self._clips = dataset if split is None else dataset.split(split)
        self._frames = frames
        self._sampling = sampling
        self._random = random

    def __len__(self) -> int:
        return len(self._clips)

    def __getitem__(self, index: int) -> Sample:
        clip = self._clips[index]
        total_frames = clip.total_frames
        if self._frames is not None:
            clip = clip.take("T", self._choose(total_frames, self._frames))
        return {**_tensors(clip), "total_frames": total_frames}

    def _choose(self, total: int, frames: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        if total == 0:
            raise ValueError("a clip without frames cannot be sampled")
        if self._sampling == "window":
            spare = max(total - frames, 0)
            return (self._draw(0, spare + 1) + np.arange(frames)) % total
        # Part i of n covers the frames from i * length // n up to (i + 1) * length // n.
        length = max(total, frames)
        edges = (np.arange(frames + 1) * length // frames).tolist()
        chosen = [self._draw(begin, end) for begin, end in pairwise(edges)]
        return np.array(chosen, dtype=np.int64) % total

    def _draw(self, begin: int, end: int) -> int:
        """Draw from the range, or take its middle."""
        if self._random:
            return int(torch.randint(int(begin), int(end), ()))
        return (int(begin) + int(end) - 1) // 2


def _tensors(clip: Clip) -> Sample:
    sample: Sample = {"keypoint": _float32(clip.keypoint)}
    if clip.keypoint_score is not None:
        sample["keypoint_score"] = _float32(clip.keypoint_score)
    return {**sample, "label": clip.label, "id": clip.id}


def _float32(values: Any) -> torch.Tensor:
    return torch.from_numpy(np.array(values, dtype=np.float32))


def collate(samples: Sequence[Sample]) -> Sample:
    """Stack samples of different numbers of persons and frames, padded with zeros.

    Parameters
    ----------
    samples : sequence of dict
        N samples of a `ClipDataset`, all with scores or all without.

    Returns
    -------
    dict
        ``keypoint`` (N, M, T, V, C) and ``keypoint_score`` (N, M, T, V) with the largest M and T
        of the batch; ``num_person`` (N,) and ``num_frames`` (N,) are those of each clip;
        ``total_frames`` (N,); ``label`` (N,), or a list where labels are not single numbers;
        ``id``, a list.
    """
    shapes = [sample["keypoint"].shape for sample in samples]
    labels = [sample["label"] for sample in samples]
    batch: Sample = {
        name: _pad([sample[name] for sample in samples])
        for name in ("keypoint", "keypoint_score")
        if name in samples[0]
    }
    return {
        **batch,
        "num_person": torch.tensor([shape[0] for shape in shapes]),
        "num_frames": torch.tensor([shape[1] for shape in shapes]),
        "total_frames": torch.tensor([sample["total_frames"] for sample in samples]),
        "label": torch.tensor(labels) if all(isinstance(x, int) for x in labels) else labels,
        "id": [sample["id"] for sample in samples],
    }


def _pad(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    persons = max(tensor.shape[0] for tensor in tensors)
    frames = max(tensor.shape[1] for tensor in tensors)
    padded = tensors[0].new_zeros((len(tensors), persons, frames, *tensors[0].shape[2:]))
    for row, tensor in zip(padded, tensors, strict=True):
        row[: tensor.shape[0], : tensor.shape[1]] = tensor
    return padded
