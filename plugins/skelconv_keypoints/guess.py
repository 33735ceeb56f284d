"""The guesses of the sources of animals, signs and annotations, for ``skelconv init --from``."""

from __future__ import annotations

import os.path

from skelconv.files import Samples
from skelconv.plugin import Guess

_ADVICE = {
    "img_shape": "[480, 640]  # height and width in pixels, which nets for images need",
    "labels": "{csv: labels.csv}  # a table with the columns id and label",
}
_HDF5 = b"\x89HDF\r\n\x1a\n"


def guess_deeplabcut(samples: Samples) -> Guess | None:
    """Guess whether these are DeepLabCut's analyses.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    for path in samples.ending_with([".csv"])[:3]:
        lines = samples.head(path)[:65536].splitlines()[:4]
        first = [line.partition(b",")[0].strip() for line in lines]
        if first[:1] == [b"scorer"] and b"bodyparts" in first:
            return Guess(
                options={"root": samples.folder or "."},
                reason=f"{os.path.basename(path)}, whose first rows are scorer and bodyparts",
                confidence=1.0,
                advice=_ADVICE,
            )
    for path in samples.ending_with([".h5"])[:3]:
        head = samples.head(path)
        if head.startswith(_HDF5) and (b"df_with_missing" in head or b"DLC_" in head[:65536]):
            return Guess(
                options={"root": samples.folder or "."},
                reason=f"{os.path.basename(path)}, HDF5 of DeepLabCut",
                confidence=0.9,
                advice=_ADVICE,
            )
    return None


def guess_sleap(samples: Samples) -> Guess | None:
    """Guess whether these are SLEAP's files.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    for path in samples.ending_with([".slp", ".h5", ".hdf5"])[:3]:
        head = samples.head(path)
        analysis = b"node_names" in head and b"track_occupancy" in head
        if head.startswith(_HDF5) and (path.lower().endswith(".slp") or analysis):
            return Guess(
                options={"root": samples.folder or "."},
                reason=f"{os.path.basename(path)}, HDF5 of SLEAP",
                confidence=0.95,
                advice=_ADVICE,
            )
    return None


def guess_cvat(samples: Samples) -> Guess | None:
    """Guess whether these are CVAT's tracks of skeletons.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    files = samples.ending_with([".xml"])
    for path in files[:3]:
        head = samples.head(path)
        if b"<annotations>" in head[:4096] and b"<track " in head and b"<skeleton " in head:
            options = {"root": samples.folder or "."}
            # CVAT calls all of its files so.
            if os.path.basename(path) == "annotations.xml" and "/" in path:
                options["ids"] = "folder"
            return Guess(
                options=options,
                reason=f"{os.path.basename(path)}, CVAT's tracks of skeletons",
                confidence=1.0,
                advice={"labels": _ADVICE["labels"]},
            )
    return None


def guess_pose_format(samples: Samples) -> Guess | None:
    """Guess whether these are files of pose-format.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    files = samples.ending_with([".pose"])
    if not files:
        return None
    return Guess(
        options={"root": samples.folder or "."},
        reason=os.path.basename(files[0]),
        confidence=0.9,
        advice={
            "components": "[POSE_LANDMARKS]  # the parts that are taken, in this order",
            "labels": _ADVICE["labels"],
        },
    )
