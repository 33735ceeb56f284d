"""The files of a dataset in the form of ST-GCN: which they are, and what their names say.

``tools/ntu_gendata.py`` of ST-GCN (yysijie/st-gcn) writes ``train_data.npy``, (N, C, T, V, M) in
float32, beside ``train_label.pkl``, which is (names, labels); some versions write
``train_num_frame.npy`` too. 2s-AGCN (lshiwjx/2s-AGCN) and MS-G3D (kenziyuliu/MS-G3D) call the array
``train_data_joint.npy``, and keep ``_bone``, ``_joint_motion`` and ``_bone_motion`` beside it.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Final

from skelconv import DatasetError

_DATA: Final = re.compile(r"(?:(?P<part>.+)_)?data(?:_(?P<kind>\w+))?\.npy")
_JOINTS: Final = (None, "joint")


@dataclass(frozen=True, slots=True)
class PartFiles:
    """The files of one part.

    Attributes
    ----------
    part : str
        What the names begin with, such as ``train``; empty where they begin with ``data``.
    data, labels : str
        The array, and the pickle of names and labels.
    frames : str, optional
        The array of the numbers of frames.
    """

    part: str
    data: str
    labels: str
    frames: str | None


def part_files(path: str) -> list[PartFiles]:
    """Find the files of a dataset.

    Parameters
    ----------
    path : str
        A folder, or one array in it.

    Returns
    -------
    list of PartFiles
        The parts; train first, then in the order of their names.

    Raises
    ------
    DatasetError
        When there is none, or a part has several arrays of joints.
    """
    folder, names = (path, None) if os.path.isdir(path) else os.path.split(path)
    try:
        there = set(os.listdir(folder or "."))
    except OSError as error:
        raise DatasetError(f"it cannot be read: {error.strerror}", where=path) from error
    chosen: dict[str, str] = {}
    for name in sorted(there if names is None else {names}):
        found = _DATA.fullmatch(name)
        if found is None or (names is None and found["kind"] not in _JOINTS):
            continue
        part = found["part"] or ""
        if part in chosen:
            raise DatasetError(
                f"the part {part!r} has the arrays {chosen[part]} and {name}: name one of them",
                where=path,
            )
        chosen[part] = name
    if not chosen:
        raise DatasetError(
            "there is no array called train_data.npy, train_data_joint.npy or the like", where=path
        )
    return [
        _files_of(part, chosen[part], folder, there)
        for part in sorted(chosen, key=lambda part: (part != "train", part))
    ]


def _files_of(part: str, data: str, folder: str, there: set[str]) -> PartFiles:
    prefix = f"{part}_" if part else ""
    labels, frames = f"{prefix}label.pkl", f"{prefix}num_frame.npy"
    if labels not in there:
        raise DatasetError(
            f"the labels of {data} are not there: {labels}", where=folder or os.curdir
        )
    return PartFiles(
        part,
        os.path.join(folder, data),
        os.path.join(folder, labels),
        os.path.join(folder, frames) if frames in there else None,
    )


def recognises(path: str) -> bool:
    """Return whether a path is that of such a dataset.

    Parameters
    ----------
    path : str
        A path or URL.

    Returns
    -------
    bool
        By the names of the files.
    """
    if "://" in path:
        return False
    if os.path.isdir(path):
        try:
            names = os.listdir(path)
        except OSError:
            return False
    else:
        names = [os.path.basename(path)]
    return any(_DATA.fullmatch(name) for name in names)
