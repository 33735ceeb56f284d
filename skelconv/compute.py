"""What models run on: the options that they share, and what this machine has."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from skelconv.errors import PluginError
from skelconv.hookspecs import Options, Resources

if TYPE_CHECKING:
    import torch

_Device = Annotated[str, StringConstraints(pattern=r"^(auto|cpu|cuda|cuda:[0-9]{1,3})$")]

_PLACED = "SKELCONV_WORKER_HAS_GPU"
_VISIBLE = "CUDA_VISIBLE_DEVICES"


class ModelOptions(Options):
    """Options of whatever runs a model."""

    device: _Device = Field(
        default="auto", description="auto is a GPU if the build starts with one; cpu; cuda; cuda:N"
    )
    threads: int = Field(
        default=1,
        ge=1,
        le=1024,
        description="Threads of a worker's CPU; not as many as there are, for results may depend "
        "on it, and there is a worker for each core",
    )

    def resources(self) -> Resources:
        """Return what a worker needs: for a descriptor's `resources`."""
        return gpu_resources(self.device)


class TorchOptions(ModelOptions):
    """Options of whatever runs a model by PyTorch."""

    half: bool = Field(
        default=False,
        description="Half precision where most of the work is: float16 on a GPU; bfloat16 on a "
        "CPU, which is slower where the CPU has no instructions for it",
    )
    channels_last: bool = Field(default=False, description="Channels last in memory")
    compile: bool = Field(
        default=False, description="Use torch.compile, which takes minutes at the start"
    )


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


def start_torch(options: TorchOptions) -> torch.device:
    """Have PyTorch compute in this process as the options say, and return their device.

    On a GPU, algorithms that give the same bits each time are asked for, and whole single
    precision: with TensorFloat-32, which PyTorch takes for convolutions unasked, joints move
    visibly with what else is in the batch.

    Raises
    ------
    PluginError
        When a GPU is asked for and there is none that PyTorch can use.
    """
    import torch

    torch.set_num_threads(options.threads)
    device = _torch_device(options.device)
    if device.type == "cuda":
        torch.backends.cudnn.benchmark = False
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.allow_tf32 = False
        torch.backends.cuda.matmul.allow_tf32 = False
    return device


def _torch_device(device: str) -> torch.device:
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
