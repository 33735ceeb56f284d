"""What ``skelconv doctor`` checks of PyTorch."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator

from skelconv.plugin import CheckResult, in_python, installed, pip
from skelconv.vision import visible_gpus

# Versions that are known to work together.
TORCH_FOR_CPU = ("torch==2.13.0",)
TORCH_FOR_CUDA = ("torch==2.14.1", "torchvision==0.29.1")

_TORCH = """
import warnings
import torch
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    count = torch.cuda.device_count() if torch.cuda.is_available() else 0
built = f"CUDA {torch.version.cuda}" if torch.version.cuda else (
    f"ROCm {torch.version.hip}" if torch.version.hip else "")
answer([torch.__version__, built, count, " ".join(str(w.message) for w in caught)])
for index in range(count):
    torch.ones(1, device=f"cuda:{index}").add(1).item()
    answer(torch.cuda.get_device_name(index))
"""

_TORCHVISION = """
import torch
import torchvision
torchvision.ops.nms(torch.zeros(1, 4), torch.zeros(1), 0.5)
answer(torchvision.__version__)
"""


def check_torch() -> Iterator[CheckResult]:
    """Check that PyTorch and torchvision can be used, and on which GPUs."""
    wanted = TORCH_FOR_CUDA if visible_gpus() else TORCH_FOR_CPU
    install = pip("install", *wanted)
    again = pip("uninstall", "torch", "torchvision"), install
    if installed("torch") is None and importlib.util.find_spec("torch") is None:
        if installed("torchvision") is not None:
            yield CheckResult("problem", "torchvision is installed without torch", again)
        else:
            yield CheckResult("ok", "torch: not installed", (install,))
        return
    answers, fault = in_python(_TORCH)
    if not answers:
        yield CheckResult(
            "problem", f"torch {installed('torch')} cannot be imported: {fault}", again
        )
        return
    (version, built, count, warned), *names = answers
    yield from _use_of_gpus(f"torch {version}", built, count, " ".join(warned.split()))
    for index, name in enumerate(names):
        yield CheckResult("ok", f"torch computes on GPU {index}: {name}")
    if fault is not None:
        what = f"torch cannot compute on GPU {len(names)}: {fault}"
        yield CheckResult("problem", what, again if len(names) < count else ())
    if installed("torchvision") is None:
        if wanted == TORCH_FOR_CUDA:
            yield CheckResult("ok", "torchvision: not installed", (pip("install", *wanted),))
        else:
            yield CheckResult("ok", "torchvision: not installed; a CPU does not need it")
        return
    answers, fault = in_python(_TORCHVISION)
    if fault is None:
        yield CheckResult("ok", f"torchvision {answers[0]} works with it")
    else:
        what = f"torchvision {installed('torchvision')} does not work with torch {version}: {fault}"
        pair = pip("install", *TORCH_FOR_CUDA)
        yield CheckResult("problem", what, (again[0], pair))


def _use_of_gpus(torch: str, built: str, count: int, warned: str) -> Iterator[CheckResult]:
    why = f": {warned}" if warned else ""
    if not built:
        yield CheckResult("ok", f"{torch}, built for the CPU")
        if visible_gpus():
            yield CheckResult(
                "warning",
                "torch is built for the CPU and this machine has a GPU",
                (pip("uninstall", "torch", "torchvision"), pip("install", *TORCH_FOR_CUDA)),
            )
    elif visible_gpus() and not count:
        yield CheckResult("problem", f"{torch}, built for {built}, finds none of the GPUs{why}")
    else:
        yield CheckResult("ok", f"{torch}, built for {built}, finds {count or 'no'} GPU")
