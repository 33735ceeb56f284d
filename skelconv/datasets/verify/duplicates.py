"""The same keypoints under several ids."""

from __future__ import annotations

import hashlib
import itertools
from array import array
from collections.abc import Iterator, Sequence

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.data.errors import ClipError
from skelconv.datasets.dataset import Dataset
from skelconv.datasets.verify import catalog
from skelconv.datasets.verify.blocks import Block
from skelconv.datasets.verify.findings import Findings
from skelconv.datasets.verify.splits import pairs_of_parts

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, and its bits are mixed


class Duplicates:
    """Checksums of the clips that were read, in 16 bytes each.

    Clips of one checksum are read again to be compared, so that no two others are told.

    Parameters
    ----------
    dataset : Dataset
        The dataset.
    findings : Findings
        Where to add what is found.
    """

    def __init__(self, dataset: Dataset, findings: Findings) -> None:
        self._dataset = dataset
        self._findings = findings
        self._sums = array("q")
        self._positions = array("q")

    def look(self, block: Block) -> None:
        """Take the checksums of some clips.

        Parameters
        ----------
        block : Block
            The clips; those in which nobody is, which are all alike, are passed over.
        """
        # Of the boxes around the people, which are small and known already. As integers, whose sum
        # does not depend on how a processor adds.
        ends = np.concatenate((block.low, block.high)).view(np.uint32).astype(np.uint64)
        factors = _FACTOR * np.arange(1, 2 * len(ends), 2, dtype=np.uint64)
        mixed = (ends * factors[:, None]).sum(axis=0) * (block.frame_of.astype(np.uint64) + 1)
        sums = np.add.reduceat(mixed, block.starts)
        anybody = block.any_of(block.there)
        self._sums.frombytes(sums[anybody].view(np.int64).tobytes())
        self._positions.frombytes(np.array(block.positions, np.int64)[anybody].tobytes())

    def finish(self) -> None:
        """Tell which clips are equal, and where they are in training and test."""
        group = np.zeros(len(self._dataset), np.int64)  # from 1; 0 for what is there once
        number = 0
        for positions in self._groups():
            number += 1
            group[positions] = number
        if not number:
            return
        ids = self._dataset.ids
        copies = np.flatnonzero(group).tolist()
        first = [n for n in copies if group[n] == group[copies[0]]]
        example = f"{ids[first[1]]} is equal to it"
        labels = [self._dataset.labels[n] for n in first[:2]]
        if labels[0] != labels[1]:
            example = f"label {labels[0]}, and {ids[first[1]]}, label {labels[1]}"
        self._findings.add(catalog.DUPLICATE, ids=[ids[n] for n in copies], example=example)
        splits = self._dataset.splits
        for one, other in pairs_of_parts(splits):
            trained = _members(group, splits[one])
            partners = {
                n: partner
                for n in dict.fromkeys(splits[other])
                for partner in trained.get(int(group[n]), ())
                if partner != n
            }
            if partners:
                self._findings.add(
                    catalog.LEAK,
                    f"equal keypoints in {one} and {other}",
                    [ids[n] for n in partners],
                    f"equal to {ids[next(iter(partners.values()))]}",
                )

    def _groups(self) -> Iterator[list[int]]:
        """Yield the positions of equal clips, ascending."""
        sums, positions = np.array(self._sums), np.array(self._positions)
        _, which, counts = np.unique(sums, return_inverse=True, return_counts=True)
        several = np.flatnonzero(counts[which] > 1)
        order = several[np.argsort(which[several], kind="stable")]
        for _, places in itertools.groupby(order, lambda place: which[place]):
            equal: dict[bytes, list[int]] = {}
            for position in positions[list(places)].tolist():
                try:
                    clip = self._dataset[position]
                except ClipError:
                    continue  # it could be read a moment ago
                equal.setdefault(_digest(clip), []).append(position)
            yield from (same for same in equal.values() if len(same) > 1)


def _members(group: Array, members: Sequence[int]) -> dict[int, list[int]]:
    """Return two clips, which are enough, of each group that some clips are in."""
    found: dict[int, list[int]] = {}
    for n in dict.fromkeys(members):
        if group[n] and len(of := found.setdefault(int(group[n]), [])) < 2:
            of.append(n)
    return found


def _bytes(clip: Clip) -> bytes:
    return clip.keypoint.tobytes()


def _digest(clip: Clip) -> bytes:
    head = f"{clip.keypoint.dtype.str} {clip.keypoint.shape}".encode()
    return hashlib.sha256(head + _bytes(clip)).digest()
