"""The guesses of ``ntu-raw`` and ``skeleton-text``, for ``skelconv init --from``."""

from __future__ import annotations

import os.path
import zipfile

from skelconv.files import Samples, layouts_of
from skelconv.plugin import Guess
from skelconv_ntu.names import parse_name

_ENDING = ".skeleton"
# The setups of NTU60 are the first 17.
_NTU60 = 17
_LAYOUTS = {25: "ntu25", 20: "kinect20", 17: "uav-human17"}
_OPENED, _BEGIN = 3, 4096


def guess_text(samples: Samples) -> Guess | None:
    """Guess whether these are .skeleton text under other names than NTU's.

    Parameters
    ----------
    samples : Samples
        Some files.

    Returns
    -------
    Guess or None
        None where they are not.
    """
    for path in samples.ending_with([_ENDING, ".txt"])[:_OPENED]:
        lines = [line.split() for line in samples.head(path)[:_BEGIN].splitlines()[:4]]
        # The number of frames, of bodies in the first, what is known of the first, its joints.
        if [len(line) for line in lines] != [1, 1, 10, 1] or not lines[3][0].isdigit():
            continue
        joints = int(lines[3][0])
        known = _LAYOUTS.get(joints)
        known = known or next(iter(layouts_of(joints)), None)
        unknown = {} if known else {"layout": f"the layout of these {joints} joints"}
        return Guess(
            options={"root": samples.folder or ".", **({"layout": known} if known else {})},
            reason=f"{os.path.basename(path)}: .skeleton text of {joints} joints",
            confidence=0.95,
            unknown=unknown,
            advice={"labels": "{pattern: 'A(?P<label>[0-9]{3})'}  # in the names of files"},
        )
    return None


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
