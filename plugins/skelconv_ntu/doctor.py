"""What ``skelconv doctor`` checks of the reader of raw NTU RGB+D files."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv.plugin import CheckResult, pip
from skelconv_ntu.skeleton_native import library


def check_reader() -> Iterator[CheckResult]:
    """Check that the compiled reader is there."""
    found = library()
    if not isinstance(found, str):
        yield CheckResult("ok", "raw NTU RGB+D files are read by the compiled reader")
        return
    yield CheckResult(
        "warning",
        f"raw NTU RGB+D files are read a hundred times more slowly, with the same result: {found}",
        (pip("install", "--force-reinstall", "--no-deps", "--no-cache-dir", "skelconv"),),
    )
