"""Files that are elsewhere: fetched once, and checked."""

from __future__ import annotations

import hashlib
from pathlib import Path

from skelconv.errors import SkelconvError

_TIMEOUT_SECONDS = 60


def local_file(path: str, sha256: str | None) -> Path:
    """Return a file on this machine: the one that is named, or what is at a URL.

    Parameters
    ----------
    path : str
        A path, or an ``http://`` or ``https://`` URL, which is fetched into the user's cache the
        first time.
    sha256 : str, optional
        What the file must be.

    Raises
    ------
    SkelconvError
        When it cannot be fetched, or is another file.
    """
    if path.startswith(("http://", "https://")):
        return _fetch(path, sha256)
    if "://" in path:
        raise SkelconvError("only http and https can be fetched", where=path)
    file = Path(path)
    if sha256 is not None and _digest(file) != sha256:
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
                known_hash=None if sha256 is None else f"sha256:{sha256}",
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
