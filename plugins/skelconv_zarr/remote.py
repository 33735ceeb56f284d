"""Datasets behind URLs, through fsspec."""

from __future__ import annotations

import functools
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from skelconv import DatasetError, PluginError

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_url(location: str) -> bool:
    """Return whether a location is a URL and not a path.

    Parameters
    ----------
    location : str
        A path or URL.

    Returns
    -------
    bool
        By its scheme.
    """
    return _URL.match(location) is not None


class RemoteFile:
    """A file behind a URL. See `skelconv_zarr.folder.File`.

    Parameters
    ----------
    url : str
        The URL.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        with _os_errors():
            files, path = _resolve(url)
            self.size: int = files.size(path)

    def read(self, start: int, length: int) -> bytes:
        """See `skelconv_zarr.folder.File.read`.

        Parameters
        ----------
        start, length : int
            The range, in bytes.

        Returns
        -------
        bytes
            Fewer where the file ends.
        """
        with _os_errors():
            files, path = _resolve(self._url)
            return bytes(files.cat_file(path, start=start, end=min(start + length, self.size)))


def check_free(url: str) -> None:
    """Check that there is nothing at a URL yet.

    Parameters
    ----------
    url : str
        The URL.

    Raises
    ------
    DatasetError
        When there is, or when it is not known.
    """
    try:
        with _os_errors():
            files, path = _resolve(url)
            taken = files.exists(path)
    except OSError as error:
        raise DatasetError(f"the URL cannot be reached: {error}", where=url) from error
    if taken:
        raise DatasetError(
            "there is something at this URL already",
            where=url,
            hint="remove it, or choose another name: what is there is never overwritten",
        )


def upload(folder: Path, url: str) -> None:
    """Copy a dataset to a URL where there is nothing yet, the root's metadata last.

    Parameters
    ----------
    folder : Path
        The dataset.
    url : str
        The URL.

    Raises
    ------
    DatasetError
        When it cannot be written. What was copied is removed again, where that is possible.
    """
    root = folder / "zarr.json"
    others = sorted(file for file in folder.rglob("*") if file.is_file() and file != root)
    try:
        with _os_errors():
            files, path = _resolve(url)
            try:
                for file in (*others, root):
                    files.put_file(str(file), f"{path}/{file.relative_to(folder).as_posix()}")
            except BaseException:
                files.rm(path, recursive=True)
                raise
    except OSError as error:
        raise DatasetError(
            f"the upload failed: {error}", where=url, hint=f"the dataset is whole in {folder}"
        ) from error


def _resolve(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL, and the path in it."""
    # A file system that talks over a network belongs to the process that made it.
    return _resolve_in(os.getpid(), url)


@functools.lru_cache(maxsize=512)
def _resolve_in(process: int, url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]
    except ImportError:
        raise PluginError(
            f"{url}: URLs need fsspec", hint="pip install 'skelconv[remote]'"
        ) from None
    try:
        files, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise PluginError(f"{url}: {error}") from error
    return files, path


@contextmanager
def _os_errors() -> Iterator[None]:
    """Turn the various exceptions of the libraries below fsspec into OSError."""
    try:
        yield
    except FileNotFoundError as error:
        # fsspec reports a server that cannot be reached, or fails, as a file that is not there.
        cause = error.__cause__
        if isinstance(cause, OSError) or getattr(cause, "status", 404) != 404:
            raise OSError(f"{type(cause).__name__}: {cause}") from error
        raise
    except (OSError, PluginError):
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
