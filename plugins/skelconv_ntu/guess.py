"""The guess of ``ntu-raw``, for ``skelconv init --from``."""

from __future__ import annotations

import os.path
import zipfile

from skelconv.files import Samples
from skelconv.plugin import Guess
from skelconv_ntu.names import parse_name

_ENDING = ".skeleton"
# The setups of NTU60 are the first 17.
_NTU60 = 17


def guess_raw(samples: Samples) -> Guess | None:
    """Guess whether these are raw files of NTU RGB+D, or an archive of them.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    names = [path for path in samples.files if path.lower().endswith(_ENDING)]
    where = "files"
    if samples.is_file and samples.root.lower().endswith(".zip"):
        try:
            with zipfile.ZipFile(samples.root) as archive:
                names = [one for one in archive.namelist() if one.lower().endswith(_ENDING)]
        except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
            return None
        where = "an archive of files"
    found = [parse_name(os.path.basename(name)[: -len(_ENDING)]) for name in names]
    samples_found = [name for name in found if name is not None]
    if not samples_found or len(samples_found) < len(found) / 2:
        return None
    options: dict[str, object] = {"root": samples.root}
    if max(name.setup for name in samples_found) <= _NTU60:
        options["dataset"] = "ntu60"
    return Guess(
        options=options,
        reason=f"{where} such as {samples_found[0]}{_ENDING}",
        confidence=1.0,
    )
