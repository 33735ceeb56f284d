"""The guesses of the sources of motion capture, for ``skelconv init --from``."""

from __future__ import annotations

import io
import os.path
import zipfile

from skelconv.files import Samples, open_regular
from skelconv.plugin import Guess

_UNIT = "cm  # what lengths are in: the files do not say it"
_LABELS = "{csv: labels.csv}  # a table with the columns id and label"
# A recording of AMASS has these.
_AMASS = {"poses", "trans", "betas"}
_LARGEST, _OPENED = 2**26, 3


def guess_bvh(samples: Samples) -> Guess | None:
    """Guess whether these are BVH files.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    for path in samples.ending_with([".bvh"])[:1]:
        if b"HIERARCHY" in samples.head(path)[:4096]:
            return Guess(
                options={"root": samples.folder or "."},
                reason=f"{os.path.basename(path)}, which begins with HIERARCHY",
                confidence=1.0,
                advice={"unit": _UNIT, "labels": _LABELS},
            )
    return None


def guess_c3d(samples: Samples) -> Guess | None:
    """Guess whether these are C3D files.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    for path in samples.ending_with([".c3d"])[:1]:
        if samples.head(path)[1:2] == b"\x50":  # the key of the format
            return Guess(
                options={"root": samples.folder or "."},
                reason=f"{os.path.basename(path)}, which has C3D's key",
                confidence=1.0,
                advice={"labels": _LABELS},
            )
    return None


def guess_amass(samples: Samples) -> Guess | None:
    """Guess whether these are AMASS' recordings.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    for path in samples.ending_with([".npz"])[:_OPENED]:
        try:
            if samples.size(path) > _LARGEST:
                continue
            with (
                open_regular(samples.where(path)) as file,
                zipfile.ZipFile(io.BytesIO(file.read(_LARGEST))) as archive,
            ):
                names = {name.removesuffix(".npy") for name in archive.namelist()}
        except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
            continue
        if names >= _AMASS:
            return Guess(
                options={"root": samples.folder or "."},
                reason=f"{os.path.basename(path)} with poses, trans and betas",
                confidence=0.9,
                unknown={"model": "the folder or npz file of the body model, SMPL-H or SMPL-X"},
                advice={"labels": _LABELS},
            )
    return None
