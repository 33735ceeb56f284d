"""The check of sinks."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from skelconv.data.clip import Clip
from skelconv.data.errors import DatasetError, SkelconvError
from skelconv.datasets.opening import open as open_dataset
from skelconv.datasets.opening import reader_of
from skelconv.files.outputs import output_digest
from skelconv.plugin.interfaces.sinks import Sink

_INFO = {"name": "check", "about": "Made by skelconv.testing"}


@dataclass
class EncodedClips:
    """Encoded clips in memory: see `skelconv.plugin.Assembly`.

    Attributes
    ----------
    encoded : sequence of bytes
        What the sink's `encode` gave.
    ids : sequence of str
        The ids of the clips.
    splits : mapping of str to sequence of int
        Positions in `ids`.
    label_names : sequence of str
        The classes' names.
    info : mapping
        The name and description of the dataset.
    """

    encoded: Sequence[bytes]
    ids: Sequence[str]
    splits: Mapping[str, Sequence[int]]
    label_names: Sequence[str] = ()
    info: Mapping[str, Any] = field(default_factory=lambda: dict(_INFO))

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.encoded)


def check_sink(
    sink: Sink,
    clips: Sequence[Clip],
    folder: Path | None = None,
    *,
    splits: Mapping[str, Sequence[int]] | None = None,
    lossy: bool = False,
    reader: Mapping[str, Any] | None = None,
) -> None:
    """Check that a sink writes the same each time, and that it can be read back.

    It encodes and assembles the clips twice, and no clips at all. What it wrote is opened with
    `skelconv.open` where a reader recognises it, and must have the same ids, splits, labels and
    keypoints.

    Parameters
    ----------
    sink : Sink
        The sink. Its target is not written.
    clips : sequence of Clip
        At least one, of different ids and one layout.
    folder : Path, optional
        An existing folder to write into; by default a temporary one.
    splits : mapping of str to sequence of int, optional
        Parts of the dataset, as ascending positions in `clips`; by default ``train`` with every
        second clip and ``val`` with the others.
    lossy : bool
        Whether the format keeps less than all of the keypoints: they are not compared.
    reader : mapping, optional
        Options of the reader.
    """
    assert isinstance(sink, Sink), "it has no target, or no methods encode and assemble"
    assert clips, "there are no clips to check it on"
    encoded = [_encoded(sink, clip) for clip in clips]
    ids = [clip.id for clip in clips]
    if splits is None:
        splits = {"train": range(0, len(ids), 2), "val": range(1, len(ids), 2)}
    whole = EncodedClips(encoded, ids, splits)
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        first = _assembled(sink, whole, folder / "first")
        again = _assembled(sink, whole, folder / "again")
        assert output_digest(first) == output_digest(again), "assembled differently each time"
        _check_read_back(first, clips, splits, lossy=lossy, options=reader or {})
        nothing = EncodedClips((), (), dict.fromkeys(splits, ()))
        try:
            _assembled(sink, nothing, folder / "nothing")
        except SkelconvError:
            pass  # a format may need clips
        except Exception as error:
            raise AssertionError(f"without clips, assemble raised {error!r}") from error


def _encoded(sink: Sink, clip: Clip) -> bytes:
    encoded = sink.encode(clip)
    assert isinstance(encoded, bytes), f"{clip.id}: encoded as {type(encoded).__name__}, not bytes"
    assert encoded == sink.encode(clip), f"{clip.id}: encoded differently each time"
    return encoded


def _assembled(sink: Sink, clips: EncodedClips, folder: Path) -> Path:
    """Assemble clips in a folder of their own, and return the path of what was written."""
    folder.mkdir()
    path = folder / sink.target.name
    sink.assemble(clips, path)
    assert path.exists(), "assemble wrote nothing at the path that it was given"
    others = sorted(file.name for file in folder.iterdir() if file != path)
    assert not others, f"assemble left other files beside the path: {', '.join(others)}"
    return path


def _check_read_back(
    path: Path,
    clips: Sequence[Clip],
    splits: Mapping[str, Sequence[int]],
    *,
    lossy: bool,
    options: Mapping[str, Any],
) -> None:
    try:
        reader_of(str(path))
    except DatasetError:
        return  # a format that skelconv only writes
    try:
        dataset = open_dataset(path, **options)
    except SkelconvError as error:
        raise AssertionError(f"what it wrote cannot be read: {error}") from error
    ids = [clip.id for clip in clips]
    assert list(dataset.ids) == ids, f"the ids read back are {list(dataset.ids)[:3]}, not {ids[:3]}"
    found = {name: list(members) for name, members in dataset.splits.items()}
    expected = {name: list(members) for name, members in splits.items()}
    assert found == expected, f"the splits read back are {found}, not {expected}"
    labels = [clip.label for clip in clips]
    assert list(dataset.labels) == labels, "the labels read back are not those of the clips"
    for clip, back in zip(clips, dataset, strict=True):
        assert back.label == clip.label, f"{clip.id}: the label read back is {back.label}"
        if not lossy:
            np.testing.assert_array_equal(
                back.keypoint, clip.keypoint, err_msg=f"{clip.id}: the keypoints read back differ"
            )
