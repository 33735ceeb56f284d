"""The check of the cache: the folder for downloaded files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from skelconv.plugin.checks import CheckResult, pip
from skelconv.plugin.registry import OWN_DISTRIBUTION

_GIB = 2**30
# A few files of weights.
_ROOM_GIB = 1


def check_cache() -> Iterator[CheckResult]:
    """Check that files can be downloaded into the cache."""
    try:
        import pooch  # type: ignore[import-untyped]
    except ImportError:
        install = pip("install", f"{OWN_DISTRIBUTION}[remote]")
        yield CheckResult("ok", "pooch, which downloads files: not installed", (install,))
        return
    folder = Path(pooch.os_cache(OWN_DISTRIBUTION))
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        what = f"nothing can be downloaded: {existing} cannot be written to: {error.strerror}"
        yield CheckResult("problem", what, ("export XDG_CACHE_HOME=FOLDER",))
        return
    free = shutil.disk_usage(existing).free / _GIB
    yield CheckResult("warning" if free < _ROOM_GIB else "ok", f"{folder}: {free:.1f} GiB free")
