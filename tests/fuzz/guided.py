"""Inputs that are led by coverage: by atheris, where it is installed."""

import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from fuzz.runner import LARGEST, Runner
from fuzz.targets import Target

PLUGINS = Path(__file__).parents[2] / "plugins"


def fuzz_guided(target: Target, seconds: float, keep: Path) -> None:
    """Run until the time is over, and end the process.

    Parameters
    ----------
    target : Target
        The target.
    seconds : float
        The time.
    keep : Path
        The folder of inputs that are faults.
    """
    import atheris

    ours = ["skelconv", "zipfile", *(path.name for path in PLUGINS.iterdir())]
    with atheris.instrument_imports(include=ours, enable_loader_override=False):
        runner = Runner(target, keep)
    folder = Path(tempfile.mkdtemp(prefix="fuzz-corpus-"))
    for number, seed in enumerate(target.seeds()):
        (folder / str(number)).write_bytes(seed)
    words = folder.with_suffix(".words")
    escaped = ("".join(f"\\x{byte:02x}" for byte in word) for word in target.words)
    words.write_text("".join(f'"{word}"\n' for word in escaped))
    end = time.monotonic() + seconds

    def _try(data: bytes) -> None:
        runner(data)
        if time.monotonic() > end:
            print(runner.summary(), flush=True)
            shutil.rmtree(folder)
            os._exit(bool(runner.faults))  # libFuzzer would end without a word

    flags = [f"-max_len={LARGEST}", "-rss_limit_mb=0", "-verbosity=0"]
    flags += [f"-dict={words}"] if target.words else []
    atheris.Setup([sys.argv[0], *flags, str(folder)], _try)
    atheris.Fuzz()
