"""Files from the internet, such as weights: fetched once, checked, and kept if they can be opened.

What is kept is found by its URL. A server may give a page of an error with the status of success,
or half a file; what no digest of the user's vouches for must open, or it is fetched again.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from skelconv.data.errors import SkelconvError
from skelconv.data.opening import open_regular
from skelconv.plugin.extras import install_command
from skelconv.plugin.models import FetchProgress
from skelconv.text.faults import one_line
from skelconv.vision.download import download

T = TypeVar("T")

CACHE_VARIABLE = "SKELCONV_CACHE"
"""The environment variable that names the folder for fetched files."""

_HEX = re.compile(r"[0-9a-f]{8,64}\Z")
_WHOLE = 64
_PAGES = ("text/html", "application/xhtml+xml")


class _Fetched(NamedTuple):
    """A file in the cache, and whether it was fetched just now."""

    file: Path
    now: bool


def local_file(path: str, sha256: str | None) -> Path:
    """Return a file of this machine: the one at a path, or the one that is fetched from a URL.

    Where the file is opened in the same place, `open_file` is better: it fetches a file again that
    was kept and cannot be opened.

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
        When it cannot be fetched, is another file, or is a web page where no digest says that it
        should be one.
    """
    sha256 = _checked(path, sha256)
    if is_url(path):
        return _fetched(path, sha256).file
    if "://" in path:
        raise SkelconvError("only http and https can be fetched", where=path)
    file = Path(os.path.expanduser(path))
    if wrong := _difference(file, sha256):
        raise SkelconvError(f"it is another file: {wrong}", where=path)
    return file


def open_file(path: str, sha256: str | None, opener: Callable[[Path], T]) -> T:
    """Open the file at a path or URL.

    Parameters
    ----------
    path : str
        A path or URL, as `local_file` takes it.
    sha256 : str, optional
        What the file must be, as for `local_file`.
    opener : callable
        Reads the file, or raises an error if it cannot. If it raises an error for a file that was
        fetched earlier and has no digest to vouch for it, the file is fetched again, once. What
        cannot be opened then is not kept.

    Returns
    -------
    Any
        What the opener returns.

    Raises
    ------
    SkelconvError
        As of `local_file`; and whatever the opener raises.
    """
    if not is_url(path) or sha256 is not None:
        return opener(local_file(path, sha256))
    file, now = _fetched(path, None)
    if not now:
        version = _version(file)
        try:
            return opener(file)
        except Exception as error:
            # Another process may have fetched it again meanwhile.
            _remove(file, version)
            try:
                file = _fetched(path, None).file
            except SkelconvError as failure:
                kept = f"what was fetched before cannot be opened: {one_line(error)}"
                raise SkelconvError(failure.what, path, kept) from None
    version = _version(file)
    try:
        return opener(file)
    except Exception:
        _remove(file, version)
        raise


def _checked(path: str, sha256: str | None) -> str | None:
    if sha256 is None:
        return None
    sha256 = sha256.lower()
    if not _HEX.match(sha256):
        what = f"{sha256!r} is not a SHA-256, nor 8 digits or more of one"
        raise SkelconvError(what, where=path)
    return sha256


def is_url(path: str) -> bool:
    """Return whether a path is a URL that `local_file` fetches.

    Parameters
    ----------
    path : str
        A path or URL.

    Returns
    -------
    bool
        Whether it is one of http or https.
    """
    return path.startswith(("http://", "https://"))


def missing_to_fetch() -> tuple[str, ...]:
    """Return what is not installed of the packages that fetching needs, by their names for pip."""
    return tuple(name for name in ("pooch", "requests") if importlib.util.find_spec(name) is None)


def cache_folder() -> Path:
    """Return the folder for fetched files: that of the environment variable, or the user's own.

    Returns
    -------
    Path
        The folder, which may not be there yet.

    Raises
    ------
    SkelconvError
        When neither the variable is set nor the package installed that knows the user's own.
    """
    if named := os.environ.get(CACHE_VARIABLE):
        return Path(os.path.expanduser(named))
    if missing := missing_to_fetch():
        raise SkelconvError(
            "fetching files needs a package that is not installed",
            hint=install_command(missing),
        )
    import pooch  # type: ignore[import-untyped]

    return Path(pooch.os_cache("skelconv"))


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file behind a URL, as `skelconv.plugin.Fetchable`.

    Attributes
    ----------
    name : str
        Its URL.
    pin : str, optional
        Its SHA-256, or at least the first 8 digits, where that is known.
    option : str
        The option that takes the SHA-256.
    """

    name: str
    pin: str | None = None
    option: str = "sha256"

    @property
    def cache_variable(self) -> str:
        """The environment variable that names the folder in which it is kept."""
        return CACHE_VARIABLE

    @property
    def requires(self) -> tuple[str, ...]:
        """What is not installed of the packages that fetching needs, by their names for pip."""
        return missing_to_fetch()

    def kept(self) -> Path | None:
        """Return the file; None where it was not fetched yet."""
        if missing_to_fetch():
            return None
        file = _place(self.name)
        return file if file.is_file() else None

    def fetch(self, pin: str | None, progress: FetchProgress | None = None) -> tuple[Path, str]:
        """Fetch the file, if it is not kept.

        Parameters
        ----------
        pin : str, optional
            Its SHA-256, or the first 8 digits or more.
        progress : callable, optional
            Is told while bytes come.

        Returns
        -------
        path : Path
            The file.
        pin : str
            Its whole SHA-256.

        Raises
        ------
        SkelconvError
            As of `local_file`.
        """
        pin = _checked(self.name, pin)
        file = _fetched(self.name, pin, progress).file
        return file, pin if pin is not None and len(pin) == _WHOLE else _digest(file)


def _place(url: str) -> Path:
    """Return where the file of a URL is kept."""
    folder = cache_folder()
    import pooch

    return folder / str(pooch.utils.unique_file_name(url))


def _fetched(url: str, sha256: str | None, progress: FetchProgress | None = None) -> _Fetched:
    if missing := missing_to_fetch():
        raise SkelconvError(
            "fetching files needs a package that is not installed",
            where=url,
            hint=install_command(missing),
        )
    hint = None
    try:
        file = _place(url)
        # A file that is there is complete, because it is moved there: no lock is needed.
        if _fits(file, sha256):
            return _Fetched(file, now=False)
        file.parent.mkdir(parents=True, exist_ok=True)
        with _locked(file):
            if file.is_file():  # another process may have fetched it meanwhile
                wrong = _difference(file, sha256)
                if wrong is None:
                    return _Fetched(file, now=False)
                hint = f"what was fetched before ({file}) is kept: {wrong}"
            _fetch(url, file, sha256, progress)
    # requests' errors are OSErrors, and those of an address that is not valid ValueErrors. They
    # quote the URL with all that is secret in it, and do not become the cause.
    except (OSError, ValueError) as error:
        raise SkelconvError(f"it cannot be fetched: {error}", where=url, hint=hint) from None
    return _Fetched(file, now=True)


def _fetch(url: str, file: Path, sha256: str | None, progress: FetchProgress | None = None) -> None:
    """Fetch a file to its place, if it is the right one; the lock must be held."""
    part = _beside(file, "part")
    try:
        # It overwrites what a killed process left.
        kind = download(url, part, progress)
        if wrong := _difference(part, sha256):
            # The digest may be wrong, so what was fetched before is kept.
            raise SkelconvError(
                f"what is at this URL is another file: {wrong}",
                where=url,
                hint="it was not kept, and is fetched again next time",
            )
        if sha256 is None and _is_page(part, kind):
            raise SkelconvError(
                "what is at this URL is a web page, and not a file",
                where=url,
                hint="open it in a browser: it may ask for a login, or lead to the file's own URL",
            )
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)


def _is_page(file: Path, kind: str) -> bool:
    with file.open("rb") as stream:
        begins = stream.read(1024).lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return kind in _PAGES or begins.startswith((b"<!doctype html", b"<html"))


def _version(file: Path) -> tuple[int, int] | None:
    try:
        status = file.stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def _remove(file: Path, version: tuple[int, int] | None) -> None:
    """Remove a file from the cache, if it is still the one that could not be opened."""
    with contextlib.suppress(OSError), _locked(file):
        if _version(file) == version:
            file.unlink()


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
        with open_regular(file) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise SkelconvError(error.strerror or str(error), where=str(file)) from error
