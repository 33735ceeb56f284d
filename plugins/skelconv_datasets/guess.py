"""The guesses of the sources of published datasets, for ``skelconv init --from``."""

from __future__ import annotations

import os.path
import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from skelconv.files import Samples
from skelconv.plugin import Guess


class _Signs(NamedTuple):
    """What files of a dataset are called, and what is in the first of them."""

    path: str
    inside: Callable[[Samples, str], bool] = lambda samples, path: True
    sure: float = 0.9
    advice: Mapping[str, str] = {}


def _has(*keys: str) -> Callable[[Samples, str], bool]:
    """Look for members of a JSON object."""

    def _look(samples: Samples, path: str) -> bool:
        document = samples.document(path)
        return isinstance(document, dict) and set(keys) <= document.keys()

    return _look


def _poses_of_frames(samples: Samples, path: str) -> bool:
    document = samples.document(path)
    frames = document.get("frames") if isinstance(document, dict) else None
    for frame in frames if isinstance(frames, list) else ():
        for one in frame if isinstance(frame, list) else ():
            if isinstance(one, dict) and "pose3d" in one:
                return True
    return False


def _columns_of_etri(samples: Samples, path: str) -> bool:
    return b"joint1_3dX" in samples.head(path)[:4096]


def _rows_of_150(samples: Samples, path: str) -> bool:
    return len(samples.head(path).partition(b"\n")[0].split()) == 150


_ACTIONS = "data/Train_Label_PKU_final  # the folder of the files that list their actions"
_SIGNS: Mapping[str, _Signs] = {
    "nw-ucla": _Signs(
        r"a\d\d_s\d\d_e\d\d_v\d\d\.json", _has("file_name", "skeletons", "label"), 1.0
    ),
    "azure-kinect": _Signs(
        r".*\.json",
        _has("bone_list", "joint_names", "frames"),
        1.0,
        advice={"labels": "{csv: labels.csv}  # a table with the columns id and label"},
    ),
    "smarthome": _Signs(r"\w+_p\d+_r\d+_v\d+_c\d+\w*\.json", _poses_of_frames, 1.0),
    "etri-activity3d": _Signs(r"A\d{3}_?P\d{3}_?G\d{3}_?C\d{3}\.csv", _columns_of_etri, 1.0),
    "pku-mmd": _Signs(
        r"(\d{4}|A\d\dN\d\d)-[LMR]\.(txt|skeleton)",
        _rows_of_150,
        1.0,
        advice={"actions": _ACTIONS},
    ),
    "shrec": _Signs(r"skeletons?_(world|image)\.txt"),
    "penn-action": _Signs(r"\d{4}\.mat", sure=0.6),
    "jhmdb": _Signs(r"joint_positions\.mat"),
}
_OPENED = 3


def guess_dataset(name: str, samples: Samples) -> Guess | None:
    """Guess whether these are the files of a dataset.

    Parameters
    ----------
    name : str
        The source.
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    signs = _SIGNS[name]
    pattern = re.compile(signs.path)
    called = [path for path in samples.files if pattern.fullmatch(os.path.basename(path))]
    for path in called[:_OPENED]:
        if signs.inside(samples, path):
            return Guess(
                options={"root": samples.folder or "."},
                reason=f"files that are called and look like {os.path.basename(path)}",
                confidence=signs.sure,
                advice=signs.advice,
            )
    return None
