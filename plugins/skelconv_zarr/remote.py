"""Datasets behind URLs, through fsspec."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from skelconv import PluginError, SkelconvError
from skelconv.text import pip_install


class RemoteFile:
    """A file behind a URL. See `skelconv_zarr.folder.File`.

    Parameters
    ----------
    url : str
        The URL.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        with os_errors():
            files, path = resolve(url)
            size = files.size(path)
            if not isinstance(size, int):  # what comes is then not known to end
                raise OSError("the server does not say how large it is")
            self.size: int = size

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
        with os_errors():
            files, path = resolve(self._url)
            return bytes(files.cat_file(path, start=start, end=min(start + length, self.size)))


def resolve(url: str) -> tuple[Any, str]:
    """Return fsspec's file system for a URL, and the path in it.

    Parameters
    ----------
    url : str
        The URL.

    Returns
    -------
    files : fsspec.AbstractFileSystem
        The file system, which belongs to this process.
    path : str
        The path in it.

    Raises
    ------
    PluginError
        When a package is missing for it.
    """
    # A file system that talks over a network belongs to the process that made it.
    return _resolve_in(os.getpid(), url)


@functools.lru_cache(maxsize=512)
def _resolve_in(process: int, url: str) -> tuple[Any, str]:
    try:
        from fsspec.core import url_to_fs  # type: ignore[import-untyped]
    except ImportError:
        raise PluginError(
            f"{url}: URLs need fsspec", hint=pip_install("skelconv[remote]")
        ) from None
    try:
        files, path = url_to_fs(url)
    except (ImportError, ValueError) as error:
        raise PluginError(f"{url}: {error}") from error
    return files, path


@contextmanager
def os_errors() -> Iterator[None]:
    """Turn the various exceptions of the libraries below fsspec into OSError.

    Raises
    ------
    OSError
        Instead of what is raised in the ``with`` block.
    """
    try:
        yield
    except FileNotFoundError as error:
        # fsspec reports a server that cannot be reached, or fails, as a file that is not there.
        cause = error.__cause__
        if isinstance(cause, OSError) or getattr(cause, "status", 404) != 404:
            raise OSError(f"{type(cause).__name__}: {cause}") from error
        raise
    except (OSError, SkelconvError):
        raise
    except Exception as error:
        raise OSError(f"{type(error).__name__}: {error}") from error
