"""Files that are elsewhere: fetched once, and checked."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from skelconv.errors import SkelconvError

_TIMEOUT_SECONDS = 60
_HEX = re.compile(r"[0-9a-f]{8,64}\Z")


def local_file(path: str, sha256: str | None) -> Path:
    """Return a file on this machine: the one that is named, or what is at a URL.

    Parameters
    ----------
    path : str
        A path, or an ``http://`` or ``https://`` URL, which is fetched into the user's cache the
        first time.
    sha256 : str, optional
        What the file must be: the digest, or at least the first 8 digits of it, as they stand in
        the names of many published weights. Fewer digits guard against mistakes, not malice.

    Raises
    ------
    SkelconvError
        When it cannot be fetched, or is another file.
    """
    if sha256 is not None and not _HEX.match(sha256):
        raise SkelconvError(f"{sha256!r} is no SHA-256, nor 8 digits or more of one", where=path)
    if path.startswith(("http://", "https://")):
        file = _fetch(path, sha256)
    elif "://" in path:
        raise SkelconvError("only http and https can be fetched", where=path)
    else:
        file = Path(path)
    if sha256 is not None and not _digest(file).startswith(sha256):
        raise SkelconvError(
            f"it is another file: its SHA-256 is {_digest(file)}, not {sha256}", where=path
        )
    return file


def _fetch(url: str, sha256: str | None) -> Path:
    try:
        import pooch  # type: ignore[import-untyped]
    except ImportError:
        raise SkelconvError(
            "fetching files needs a package that is not installed",
            where=url,
            hint="pip install 'skelconv[remote]'",
        ) from None
    # Without a digest to compare with, it writes one to its log for every file.
    pooch.get_logger().setLevel("WARNING")
    try:
        return Path(
            pooch.retrieve(
                url,
                known_hash=f"sha256:{sha256}" if sha256 and len(sha256) == 64 else None,
                path=pooch.os_cache("skelconv"),
                downloader=pooch.HTTPDownloader(timeout=_TIMEOUT_SECONDS),
            )
        )
    # A wrong digest is a ValueError; requests' errors are OSErrors.
    except (OSError, ValueError) as error:
        raise SkelconvError(f"it cannot be fetched: {error}", where=url) from error


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SkelconvError(error.strerror or str(error), where=str(file)) from error
