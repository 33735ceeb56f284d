"""Files that are elsewhere: fetched once, and checked."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from skelconv.errors import SkelconvError

_TIMEOUT_SECONDS = 60
_HEX = re.compile(r"[0-9a-f]{8,64}\Z")


def local_file(path: str, sha256: str | None) -> Path:
    """Return a file on this machine: the one that is named, or what is at a URL.

    Parameters
    ----------
    path : str
        A path, in which ``~`` is the user's home, or an ``http://`` or ``https://`` URL, which is
        fetched into the user's cache the first time. Processes that ask for it at once fetch it
        once.
    sha256 : str, optional
        What the file must be: the digest, or at least the first 8 digits of it, as they stand in
        the names of many published weights. Fewer digits guard against mistakes, not malice. In
        capitals it is the same.

    Raises
    ------
    SkelconvError
        When it cannot be fetched, or is another file.
    """
    if sha256 is not None:
        sha256 = sha256.lower()
        if not _HEX.match(sha256):
            what = f"{sha256!r} is no SHA-256, nor 8 digits or more of one"
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
        # What is there is whole, for it is moved there: that is seen without the lock.
        if _fits(file, sha256):
            return file
        file.parent.mkdir(parents=True, exist_ok=True)
        with _locked(file):
            if file.is_file():  # another process may have fetched it meanwhile
                wrong = _difference(file, sha256)
                if wrong is None:
                    return file
                hint = f"what was fetched before ({file}) stays: {wrong}"
            _fetch(pooch, url, file, sha256)
    # requests' errors are OSErrors, and those of an address that is none ValueErrors.
    except (OSError, ValueError) as error:
        raise SkelconvError(f"it cannot be fetched: {error}", where=url, hint=hint) from error
    return file


def _fetch(pooch: Any, url: str, file: Path, sha256: str | None) -> None:
    """Fetch a file to where it belongs, if it is the right one; the lock must be held."""
    part = _beside(file, "part")
    try:
        # It begins anew with what was left by a process that was killed.
        pooch.HTTPDownloader(timeout=_TIMEOUT_SECONDS)(url, str(part), None)
        if wrong := _difference(part, sha256):
            # It may be the digest that is wrong, so what was fetched before is left alone.
            raise SkelconvError(
                f"what is there is another file: {wrong}",
                where=url,
                hint="it was not kept, and is fetched again the next time",
            )
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
    """Wait until no other process fetches this file, and have the others wait."""
    # It stays: if it were removed, one process could lock it and another a new one.
    with open(_beside(file, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _beside(file: Path, ending: str) -> Path:
    # By the beginning of its name, which is its URL's own: the whole may be too long to add to.
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
