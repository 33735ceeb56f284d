"""Datasets for training with PyTorch. The one module of the core that imports torch."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, Literal, get_args

import numpy as np
import numpy.typing as npt
import torch
from torch.utils import data

from skelconv.data.clip import Array, Clip
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.opening import as_dataset

Sample = dict[str, Any]
Sampling = Literal["uniform", "window", "pad"]
Indices = npt.NDArray[np.int64]

_SAMPLINGS = get_args(Sampling)
# Of MMAction2's and PYSKL's sampling of frames for tests.
_TEST_SEED = 255
_NO_LABEL = -1


class ClipDataset(data.Dataset[Sample]):
    """A map-style dataset of tensors.

    With `persons` and `frames`, all samples have one shape, and a `DataLoader` needs nothing more
    to make batches of them. Without, `collate` fills a batch to its largest clip: what a net makes
    of a clip then depends on those beside it, and a net of a fixed number of persons fails.

    It can be pickled and used by any number of `torch.utils.data.DataLoader` workers: what is
    open is opened again in each of them.

    Parameters
    ----------
    source : Dataset or path
        The clips, or a file that `skelconv.open` reads.
    split : str, optional
        The part of it; all clips by default.
    persons : int, optional
        Give every clip this many persons: rows of zeros after fewer, and of more the first, as
        MMAction2's FormatGCNInput does. Their own number by default.
    frames : int, optional
        Give every clip this many frames; their own number by default.
    sampling : {"uniform", "window", "pad"}
        How to choose them: one from each of `frames` equal parts of the clip, as MMAction2's and
        PYSKL's UniformSampleFrames does; `frames` in a row; or all, and zeros after them. A clip
        that is too short is repeated by the first two; one that is too long is refused by the last.
    heatmaps : callable, optional
        From the clip with its chosen frames to an array that the sample has in place of
        ``keypoint``, such as ``functools.partial(skelconv.heatmaps, kind="limb")``.
    random : bool
        Draw at random (training), or choose the same frames each time (testing): those that
        UniformSampleFrames takes in its test mode, or the window in the middle.

    Raises
    ------
    ValueError
        When `persons` or `frames` is not positive, `sampling` is not known, or `heatmaps` are asked
        for with `persons` or with padding.

    Notes
    -----
    A sample is a dict of ``keypoint`` (M, T, V, C) and, where the clip has scores,
    ``keypoint_score`` (M, T, V), both float32, or of ``heatmap`` (V or L, T, H, W); ``label``, -1
    for a clip without one; ``num_person`` and ``total_frames``, M and T of the clip itself;
    ``num_frames``, the frames before the zeros of `pad`; and ``id``. In a dataset in which any clip
    has several labels, all are tuples.

    With `random`, each sample takes one number from torch's generator. In the worker processes of
    a `DataLoader` that generator begins, in each epoch, with the loader's seed for the epoch plus
    the worker's number; with ``num_workers=0`` it is the one of ``torch.manual_seed``. So frames
    differ from epoch to epoch and from worker to worker, and the same seed gives the same frames
    again for the same `num_workers`, `batch_size` and order. Without `random`, a sample depends on
    nothing but its clip. The order of clips is the `DataLoader`'s: ``shuffle=True`` draws from its
    ``generator``, or from torch's.
    """

    def __init__(
        self,
        source: Dataset | str | os.PathLike[str],
        split: str | None = None,
        *,
        persons: int | None = None,
        frames: int | None = None,
        sampling: Sampling = "uniform",
        heatmaps: Callable[[Clip], Array] | None = None,
        random: bool = False,
    ) -> None:
        for name, number in (("persons", persons), ("frames", frames)):
            if number is not None and number < 1:
                raise ValueError(f"{name} is {number}: it must be at least 1, or None for all")
        if sampling not in _SAMPLINGS:
            raise ValueError(f"sampling is {sampling!r}: it must be one of {', '.join(_SAMPLINGS)}")
        if heatmaps is not None and (persons is not None or sampling == "pad"):
            raise ValueError(
                "heatmaps are of all persons, and of frames that are chosen: with them "
                "there is neither persons nor sampling='pad'"
            )
        dataset = as_dataset(source)
        self._clips = dataset if split is None else dataset.split(split)
        self._persons = persons
        self._frames = frames
        self._sampling = sampling
        self._heatmaps = heatmaps
        self._random = random
        self._several = any(isinstance(label, tuple) for label in dataset.labels)

    def __len__(self) -> int:
        return len(self._clips)

    def __getitem__(self, index: int) -> Sample:
        clip = self._clips[index]
        persons, total_frames = clip.keypoint.shape[:2]
        if self._frames is not None and self._sampling != "pad":
            clip = clip.take("T", self._choose(total_frames, self._frames))
        return {
            **self._arrays(clip),
            "label": self._label(clip),
            "num_person": persons,
            "num_frames": clip.total_frames,
            "total_frames": total_frames,
            "id": clip.id,
        }

    def _arrays(self, clip: Clip) -> Sample:
        if self._heatmaps is not None:
            return {"heatmap": torch.from_numpy(self._heatmaps(clip))}
        arrays = {"keypoint": self._tensor(clip, clip.keypoint)}
        if clip.keypoint_score is not None:
            arrays["keypoint_score"] = self._tensor(clip, clip.keypoint_score)
        return arrays

    def _label(self, clip: Clip) -> int | tuple[int, ...]:
        if self._several:
            given = () if clip.label is None else clip.label
            return given if isinstance(given, tuple) else (given,)
        return clip.label if isinstance(clip.label, int) else _NO_LABEL

    def _choose(self, total: int, frames: int) -> Indices:
        if total == 0:
            raise ValueError("a clip without frames cannot be sampled")
        seed = int(torch.randint(1 << 32, ())) if self._random else _TEST_SEED
        draw = np.random.RandomState(seed)  # its numbers are the same with every NumPy
        if self._sampling == "uniform":
            return _uniform(total, frames, draw, repeat_anywhere=self._random)
        spare = max(total - frames, 0)
        start = draw.randint(spare + 1) if self._random else spare // 2
        return (start + np.arange(frames)) % total

    def _tensor(self, clip: Clip, values: Array) -> torch.Tensor:
        """Return values (M, T, ...) as float32, with the persons and frames that were asked for."""
        persons, frames = values.shape[:2]
        if self._frames is not None and frames > self._frames:
            raise ValueError(
                f"the clip {clip.id!r} has {frames} frames, more than {self._frames}: "
                "sampling='pad' takes all of them"
            )
        shape = (self._persons or persons, self._frames or frames, *values.shape[2:])
        filled = np.zeros(shape, np.float32)
        filled[:persons, :frames] = values[: shape[0]]
        return torch.from_numpy(filled)


def _uniform(
    total: int, frames: int, draw: np.random.RandomState, *, repeat_anywhere: bool
) -> Indices:
    """Choose one frame of each of `frames` equal parts, as UniformSampleFrames draws them."""
    if total < frames:
        # In a row, from the clip's beginning again after its end.
        start = draw.randint(total) if repeat_anywhere else 0
        return (start + np.arange(frames)) % total
    if total < 2 * frames:
        # All but some: a frame is passed over before these.
        passed_over = np.zeros(frames + 1, np.int64)
        passed_over[draw.choice(frames + 1, total - frames, replace=False)] = 1
        return np.arange(frames) + np.cumsum(passed_over)[:-1]
    edges = np.arange(frames + 1) * total // frames
    return np.asarray(edges[:-1] + draw.randint(np.diff(edges)))


def collate(samples: Sequence[Sample]) -> Sample:
    """Stack samples, padded with zeros where they have different numbers of persons and frames.

    Parameters
    ----------
    samples : sequence of dict
        N samples of a `ClipDataset`.

    Returns
    -------
    dict
        ``keypoint`` (N, M, T, V, C) and ``keypoint_score`` (N, M, T, V) with the largest M and T
        of the samples, or ``heatmap`` (N, V or L, T, H, W), of one size; ``num_person``,
        ``num_frames`` and ``total_frames`` (N,); ``label`` (N,), or a list of tuples; ``id``, a
        list.

    Raises
    ------
    ValueError
        When some samples have scores and others have none.
    """
    if len({"keypoint_score" in sample for sample in samples}) > 1:
        raise ValueError("some clips of the batch have scores, and others have none")
    batch: Sample = {
        name: _stacked([sample[name] for sample in samples])
        for name in ("keypoint", "keypoint_score")
        if name in samples[0]
    }
    if "heatmap" in samples[0]:
        batch["heatmap"] = torch.stack([sample["heatmap"] for sample in samples])
    labels = [sample["label"] for sample in samples]
    return {
        **batch,
        **{
            name: torch.tensor([sample[name] for sample in samples])
            for name in ("num_person", "num_frames", "total_frames")
        },
        "label": labels if isinstance(labels[0], tuple) else torch.tensor(labels),
        "id": [sample["id"] for sample in samples],
    }


def _stacked(tensors: Sequence[torch.Tensor]) -> torch.Tensor:
    persons = max(tensor.shape[0] for tensor in tensors)
    frames = max(tensor.shape[1] for tensor in tensors)
    padded = tensors[0].new_zeros((len(tensors), persons, frames, *tensors[0].shape[2:]))
    for row, tensor in zip(padded, tensors, strict=True):
        row[: tensor.shape[0], : tensor.shape[1]] = tensor
    return padded
