"""The check of the cache: the folder for downloaded files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator

from skelconv.plugin.checks import CheckResult
from skelconv.plugin.extras import install_command
from skelconv.vision.weights import CACHE_VARIABLE, cache_folder, missing_to_fetch

_GIB = 2**30
# A few files of weights.
_ROOM_GIB = 1


def check_cache() -> Iterator[CheckResult]:
    """Check that files can be downloaded into the cache."""
    if missing := missing_to_fetch():
        what = f"{' and '.join(missing)}, for downloads: not installed"
        yield CheckResult("ok", what, (install_command(missing),))
        return
    folder = cache_folder()
    existing = next(place for place in (folder, *folder.parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        what = f"nothing can be downloaded: {existing} cannot be written to: {error.strerror}"
        yield CheckResult("problem", what, (f"export {CACHE_VARIABLE}=FOLDER",))
        return
    free = shutil.disk_usage(existing).free / _GIB
    yield CheckResult("warning" if free < _ROOM_GIB else "ok", f"{folder}: {free:.1f} GiB free")
