"""Files from the internet, such as weights: fetched once, and checked."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skelconv.data.errors import SkelconvError

_TIMEOUT_SECONDS = 60
_HEX = re.compile(r"[0-9a-f]{8,64}\Z")


def local_file(path: str, sha256: str | None) -> Path:
    """Return a file of this machine: the one at a path, or the one that is fetched from a URL.

    Parameters
    ----------
    path : str
        A path, in which ``~`` is the user's home, or an ``http://`` or ``https://`` URL, which is
        fetched into the user's cache the first time. Processes that need it at the same time fetch
        it once.
    sha256 : str, optional
        What the file must be: the digest, or at least its first 8 digits, as they are in the
        names of many published weights. A part of a digest guards against mistakes, not against
        attacks. Capitals are allowed.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    SkelconvError
        When it cannot be fetched, or is another file.
    """
    if sha256 is not None:
        sha256 = sha256.lower()
        if not _HEX.match(sha256):
            what = f"{sha256!r} is not a SHA-256, nor 8 digits or more of one"
            raise SkelconvError(what, where=path)
    if path.startswith(("http://", "https://")):
        return _fetched(path, sha256)
    if "://" in path:
        raise SkelconvError("only http and https can be fetched", where=path)
    file = Path(os.path.expanduser(path))
    if wrong := _difference(file, sha256):
        raise SkelconvError(f"it is another file: {wrong}", where=path)
    return file


def _fetched(url: str, sha256: str | None) -> Path:
    try:
        import pooch  # type: ignore[import-untyped]
    except ImportError:
        raise SkelconvError(
            "fetching files needs a package that is not installed",
            where=url,
            hint="pip install 'skelconv[remote]'",
        ) from None
    hint = None
    try:
        file = Path(pooch.os_cache("skelconv"), pooch.utils.unique_file_name(url))
        # A file that is there is complete, because it is moved there: no lock is needed.
        if _fits(file, sha256):
            return file
        file.parent.mkdir(parents=True, exist_ok=True)
        with _locked(file):
            if file.is_file():  # another process may have fetched it meanwhile
                wrong = _difference(file, sha256)
                if wrong is None:
                    return file
                hint = f"what was fetched before ({file}) is kept: {wrong}"
            _fetch(pooch, url, file, sha256)
    # requests' errors are OSErrors, and those of an address that is not valid ValueErrors.
    except (OSError, ValueError) as error:
        raise SkelconvError(f"it cannot be fetched: {error}", where=url, hint=hint) from error
    return file


def _fetch(pooch: Any, url: str, file: Path, sha256: str | None) -> None:
    """Fetch a file to its place, if it is the right one; the lock must be held."""
    part = _beside(file, "part")
    try:
        # It overwrites what a killed process left.
        pooch.HTTPDownloader(timeout=_TIMEOUT_SECONDS)(url, str(part), None)
        if wrong := _difference(part, sha256):
            # The digest may be wrong, so what was fetched before is kept.
            raise SkelconvError(
                f"what is at this URL is another file: {wrong}",
                where=url,
                hint="it was not kept, and is fetched again next time",
            )
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Wait until no other process fetches this file, and make the others wait."""
    # It stays: if it were removed, one process could lock it and another a new one.
    with open(_beside(file, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _beside(file: Path, ending: str) -> Path:
    # By the beginning of its name, which depends on the URL: the whole may be too long to extend.
    return file.with_name(f"{file.name.partition('-')[0]}.{ending}")


def _fits(file: Path, sha256: str | None) -> bool:
    return file.is_file() and _difference(file, sha256) is None


def _difference(file: Path, sha256: str | None) -> str | None:
    """Say how a file differs from what it must be; None where it does not."""
    if sha256 is None or (found := _digest(file)).startswith(sha256):
        return None
    return f"its SHA-256 is {found}, not {sha256}"


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SkelconvError(error.strerror or str(error), where=str(file)) from error
