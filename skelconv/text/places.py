"""Where a dataset is: a path on this machine, or a URL."""

from __future__ import annotations

import re

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def is_remote(location: str) -> bool:
    """Return whether a location is a URL of any kind, and not a path.

    Parameters
    ----------
    location : str
        A path or URL.

    Returns
    -------
    bool
        By its scheme, such as ``s3://``.
    """
    return _SCHEME.match(location) is not None


def name_at(location: str) -> str:
    """Return the last part of a path or URL: the name of the file or folder.

    Parameters
    ----------
    location : str
        A path or URL.

    Returns
    -------
    str
        Such as ``a.zarr``; without what a URL has after ``?``.
    """
    path = location.partition("?")[0] if is_remote(location) else location
    return path.rstrip("/").rpartition("/")[2]
