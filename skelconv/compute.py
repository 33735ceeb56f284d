"""The device that a model runs on: what options say, and what this machine has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from skelconv.errors import PluginError
from skelconv.hookspecs import Resources

if TYPE_CHECKING:
    import torch

Device = Annotated[str, StringConstraints(pattern=r"^(auto|cpu|cuda|cuda:[0-9]{1,3})$")]
"""The type of an option ``device``: ``auto`` is a GPU where the build starts with one."""

_PLACED = "SKELCONV_WORKER_HAS_GPU"
_VISIBLE = "CUDA_VISIBLE_DEVICES"


def visible_gpus() -> list[str]:
    """Return what CUDA calls the GPUs that this process may use, without loading CUDA."""
    named = os.environ.get(_VISIBLE)
    if named is not None:
        return [name.strip() for name in named.split(",") if name.strip() not in ("", "-1")]
    try:
        return [str(index) for index in range(len(os.listdir("/proc/driver/nvidia/gpus")))]
    except OSError:
        # Not every driver tells there; a device file is one GPU too.
        return [path.name[6:] for path in sorted(Path("/dev").glob("nvidia[0-9]*"))]


def gpu_resources(device: str) -> Resources:
    """Return what a worker needs for an option ``device``: a GPU of its own, or a core."""
    if device == "cpu" or (device == "auto" and not visible_gpus()):
        return Resources()
    _, _, number = device.partition(":")
    return Resources(gpus=1, gpu=int(number) if number else None)


def use_gpu(name: str) -> None:
    """Have this process, a worker, see one GPU alone. Before CUDA is loaded."""
    os.environ[_VISIBLE] = name
    os.environ[_PLACED] = "1"


def torch_device(device: str) -> torch.device:
    """Return the device of an option ``device`` in this process.

    Raises
    ------
    PluginError
        When a GPU is asked for and there is none that PyTorch can use.
    """
    import torch

    if device == "cpu" or (device == "auto" and not torch.cuda.is_available()):
        return torch.device("cpu")
    if not torch.cuda.is_available():
        built = torch.version.cuda is not None
        why = "finds none" if built else "is a build for the CPU"
        raise PluginError(
            f"device {device!r}: there is no GPU to use: PyTorch {torch.__version__} {why}",
            hint="set device to cpu or auto; `skelconv doctor` tells what this machine has",
        )
    _, _, number = device.partition(":")
    index = int(number) if number and _PLACED not in os.environ else 0
    if index >= torch.cuda.device_count():
        raise PluginError(
            f"device {device!r}: there are {torch.cuda.device_count()} GPUs, counted from 0"
        )
    return torch.device("cuda", index)
