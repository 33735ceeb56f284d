"""Whether a dataset is, byte for byte, what the provenance beside it describes.

A digest takes a second for a gigabyte or two, so it is compared once for each file and machine.
That it was is kept in the user's cache as an empty file, whose name is made of the path, the
size, the times and the number of each file, and the digest. Nothing else is kept there: whoever
changes the cache can have a dataset checked again, or not checked, and no more.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path
from typing import Any, Literal, get_args

from skelconv.data.errors import DatasetError
from skelconv.files.caching import remove_old, user_cache
from skelconv.files.outputs import (
    Recorded,
    output_digest,
    output_files,
    provenance_path,
    read_provenance,
    recorded_output,
)
from skelconv.text.faults import reason_of
from skelconv.text.places import is_remote

Verify = Literal["auto", "always", "never"]

# From this size on a user waits long enough to wonder.
_LARGE = 4 * 2**30
_KEPT = 1000
# How often an output that is replaced while it is compared is compared again.
_TRIES = 10

_checked_here: set[str] = set()

SAME = "its digest is that of its provenance"
"""How `check_output` says that a dataset is what its provenance describes."""


def check_output(path: str, verify: str = "auto") -> str:
    """Compare a dataset with what the provenance beside it says of its bytes.

    Parameters
    ----------
    path : str
        The dataset: a path or URL.
    verify : {"auto", "always", "never"}
        Whether to compare the digest once for each file and machine, always, or nothing at all.

    Returns
    -------
    str
        How it was checked, or why not, in a few words.

    Raises
    ------
    DatasetError
        When it is not what its provenance describes, or cannot be read.
    """
    if verify not in get_args(Verify):
        raise DatasetError(f"verify is {verify!r}, not one of: {', '.join(get_args(Verify))}")
    if verify == "never":
        return "not checked, as verify is 'never'"
    if is_remote(path):
        return "not checked: it is behind a URL"
    output = described_output(path)
    if output is None:
        return "not checked: there is no provenance beside it"
    try:
        return _compare(output, always=verify == "always")
    except OSError as error:
        raise DatasetError(f"it cannot be read: {reason_of(error)}", where=path) from error


def names_beside(path: str, checked: str) -> tuple[str, ...]:
    """Return the names of classes that the provenance beside a dataset has.

    Parameters
    ----------
    path : str
        The dataset.
    checked : str
        What `check_output` returned for it.

    Returns
    -------
    tuple of str
        In the order of labels; empty where there are none, or it is not certain that the
        provenance is that of this dataset.
    """
    output = described_output(path) if checked == SAME else None
    names = None if output is None else (read_provenance(output) or {}).get("label_names")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return ()
    return tuple(names)


def provenance_of(path: str | None) -> dict[str, Any] | None:
    """Read the provenance beside a dataset.

    Parameters
    ----------
    path : str, optional
        The dataset: a path or URL.

    Returns
    -------
    dict of str to JSON value, or None
        None where there is none, it cannot be read, or the dataset is behind a URL.
    """
    output = described_output(path) if path and not is_remote(path) else None
    return None if output is None else read_provenance(output)


def described_output(path: str) -> Path | None:
    """Find the output that a dataset is, or is in, by the provenance beside it.

    Parameters
    ----------
    path : str
        The dataset: a path, also a link to it, or the main file of a folder.

    Returns
    -------
    Path or None
        The output; None where there is no provenance beside any of these.
    """
    given = Path(os.path.abspath(os.path.expanduser(path)))
    real = Path(os.path.realpath(given))
    outputs = (given, real, real.parent)
    return next((output for output in outputs if os.path.lexists(provenance_path(output))), None)


def _compare(output: Path, *, always: bool) -> str:
    for _ in range(_TRIES):
        recorded = recorded_output(output)
        if recorded is None:
            return f"not checked: {provenance_path(output).name} cannot be read"
        try:
            fault = _fault(output, recorded, always=always)
        except FileNotFoundError:
            if recorded_output(output) == recorded:
                raise
            continue
        if fault is None:
            return SAME
        # The engine takes as long to import as all else that opening a dataset needs.
        from skelconv.engine.workdir import noted_digest

        # A build puts the output in its place first, and then the provenance.
        noted = noted_digest(output)
        if noted is not None and noted == output_digest(output):
            return "its digest is that of the build that has just written it"
        if recorded_output(output) == recorded:
            raise DatasetError(
                f"it is not what its provenance describes: {fault}",
                where=str(output),
                hint="build it or copy it again; if it was changed on purpose, remove "
                f"{provenance_path(output).name}, or read it with verify='never' "
                "(--read verify=never)",
            )
    return "not checked: it is being built"


def _fault(output: Path, recorded: Recorded, *, always: bool) -> str | None:
    """Return how an output differs from what its provenance says of it."""
    size, stamp = _survey(output, recorded)
    if size != recorded.size:
        return f"it has {size:,} bytes, not {recorded.size:,}"
    mark = user_cache("checked") / stamp
    if not always and (stamp in _checked_here or os.path.lexists(mark)):
        return None
    if size >= _LARGE:
        print(f"{output}: comparing {size / 2**30:.0f} GiB with its digest", file=sys.stderr)
    if output_digest(output) != recorded.sha256:
        return "its digest differs"
    if _survey(output, recorded) == (size, stamp):  # it was not changed meanwhile
        _checked_here.add(stamp)
        _keep(mark)
    return None


def _survey(output: Path, recorded: Recorded) -> tuple[int, str]:
    """Return the size of an output, and what the mark in the cache is called."""
    size = 0
    stamp = hashlib.sha256(f"{output}\n{recorded.sha256}\n".encode(errors="surrogateescape"))
    for name, file in output_files(output):
        status = os.stat(file)
        size += status.st_size
        numbers = (status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)
        stamp.update(f"{name}\n{numbers}\n".encode(errors="surrogateescape"))
    return size, stamp.hexdigest()


def _keep(mark: Path) -> None:
    try:
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        remove_old(mark.parent, _KEPT)
    except OSError:
        return  # it is compared again next time
