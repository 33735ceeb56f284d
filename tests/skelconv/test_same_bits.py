"""The same recipe and data give the same bytes on any processor.

What decides in `support.same_bits` are ties and last bits. It is built twice in processes of their
own: as this processor is, and without all that NumPy and OpenBLAS can use of it beyond the oldest
one that they run on. `.ci/run` compares the bytes of another NumPy.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

try:
    from numpy._core import _multiarray_umath as umath
except ImportError:  # NumPy 1
    from numpy.core import _multiarray_umath as umath

SCRIPT = Path(__file__).parents[1] / "support" / "same_bits.py"
FEATURES = [name for name in umath.__cpu_dispatch__ if umath.__cpu_features__.get(name)]

# What came out on another processor, with AVX-512. It changes when an algorithm does, and with
# nothing else: see `python tests/support/same_bits.py FOLDER`.
CONTENT = {
    "mmaction2": "34c4de5613bf2c7d",
    "pyskl": "a683641faa308d8e",
    "pyskl-repaired": "a683641faa308d8e",
    "ctrgcn": "a7bfd166966884cd",
    "ntu-filters": "4994bd5d094b44de",
    "normalized": "2e5938afece1a855",
    "smoothed": "18cb1dccd3e75a1e",
    "ntu-tracks": "1d3ca3892747ea16",
    "by-boxes": "a2a097be9ee3faa5",
    "by-joints": "fabc3274a71b4c03",
    "divided": "dd23ac33083160d5",
}


def built(folder: Path, **environment: str) -> dict[str, tuple[str, str]]:
    """Return the digests of each file and of its content."""
    done = subprocess.run(
        [sys.executable, SCRIPT, folder],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    rows = [line.split() for line in done.stdout.splitlines()]
    return {name: (file, content) for file, content, name in rows}


@pytest.fixture(scope="module")
def as_it_is(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    return built(tmp_path_factory.mktemp("as-it-is") / "sets")


def test_the_content_is_that_of_another_processor(as_it_is: dict[str, tuple[str, str]]) -> None:
    assert {name: content[:16] for name, (_, content) in as_it_is.items()} == CONTENT


# Its name says how much there is to do without: on a processor with nothing, 0.
@pytest.mark.parametrize("features", [FEATURES], ids=[f"without-{len(FEATURES)}-features"])
def test_the_bytes_are_those_of_the_oldest_processor(
    features: list[str], as_it_is: dict[str, tuple[str, str]], tmp_path: Path
) -> None:
    oldest = {"NPY_DISABLE_CPU_FEATURES": " ".join(features), "OPENBLAS_CORETYPE": "Prescott"}
    assert built(tmp_path / "sets", **oldest) == as_it_is
