"""The check of this machine: Python, cores, memory, GPUs."""

from __future__ import annotations

import importlib.util
import os
import platform
import shlex
import shutil
import sys
from collections.abc import Iterator

from skelconv.plugin.checks import CheckResult, run_program
from skelconv.vision.device import visible_gpus
from skelconv.vision.memory import memory

_GIB = 2**30
_SMI_SECONDS = 20


def check_machine() -> list[CheckResult]:
    """Check Python, cores, memory and GPUs."""
    from skelconv.engine.local import available_cores

    found = [
        CheckResult(
            "ok",
            f"Python {platform.python_version()} ({sys.executable}), "
            f"{platform.system()} {platform.machine()}",
        )
    ]
    if importlib.util.find_spec("pip") is None and not shutil.which("uv"):
        ensure = shlex.join([sys.executable, "-m", "ensurepip"])
        found.append(CheckResult("warning", "pip is not installed for this Python", (ensure,)))
    there = memory()
    size = "" if there is None else f", {there / _GIB:.1f} GiB of memory"
    found.append(CheckResult("ok", f"CPU cores to use: {available_cores()}{size}"))
    return [*found, *_gpus()]


def _gpus() -> Iterator[CheckResult]:
    gpus = visible_gpus()
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES")
    limit = "" if hidden is None else f" (CUDA_VISIBLE_DEVICES is {hidden!r})"
    count = f"GPUs to use: {', '.join(gpus)}" if gpus else "no NVIDIA GPU to use"
    yield CheckResult("ok", count + limit)
    smi = shutil.which("nvidia-smi")
    if smi is None:
        if gpus:
            yield CheckResult(
                "warning", "nvidia-smi is not installed: the driver's version is not known"
            )
        return
    query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
    ended = run_program([smi, *query], _SMI_SECONDS)
    if ended.fault is not None:
        yield CheckResult("problem" if gpus else "warning", f"nvidia-smi: {ended.fault}")
        return
    for line in ended.output.splitlines():
        yield CheckResult("ok", f"nvidia-smi: {', driver '.join(line.rsplit(', ', 1))}")
