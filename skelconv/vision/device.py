"""What models run on: the options that they share, and the GPUs of this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field, StringConstraints

from skelconv.data.errors import PluginError
from skelconv.plugin.descriptors import Resources
from skelconv.plugin.options import Options
from skelconv.text.counts import counted

if TYPE_CHECKING:
    import torch

_Device = Annotated[
    str,
    StringConstraints(pattern=r"^(auto|cpu|cuda|cuda:[0-9]{1,3})$"),
    Field(examples=["auto", "cpu", "cuda", "cuda:1"]),
]

_PLACED = "SKELCONV_WORKER_HAS_GPU"
_VISIBLE = "CUDA_VISIBLE_DEVICES"


class ModelOptions(Options):
    """Options of plugins that run a model."""

    device: _Device = Field(
        default="auto",
        description="auto is a GPU if the build starts with one that can be used; cpu; cuda; "
        "cuda:N",
    )
    threads: int = Field(
        default=1,
        ge=1,
        le=1024,
        description="CPU threads of a worker; it is not the number of cores, because results may "
        "depend on it, and there is a worker for each core",
    )

    def resources(self) -> Resources:
        """Return what a worker needs, for the `resources` of a descriptor."""
        if not self._means_gpu(auto=_gpu_is_there()):
            return Resources(cpus=self.threads)
        _, _, number = self.device.partition(":")
        return Resources(cpus=self.threads, gpus=1, gpu=int(number) if number else None)

    def uses_gpu(self) -> bool:
        """Return whether the model runs on a GPU; in a worker, as the build decided."""
        return self._means_gpu(auto=_gpu_is_there() if _auto_is_gpu is None else _auto_is_gpu)

    def _means_gpu(self, *, auto: bool) -> bool:
        if self.device == "auto":
            return auto and self.runtime_has_cuda()
        return self.device != "cpu"

    def lacking(self) -> str | None:
        """Return what this machine lacks of the device, in words; None where it has it."""
        if self.device in ("auto", "cpu"):
            return None
        if not self.runtime_has_cuda():
            return f"device {self.device!r}: what runs the model here is a build for the CPU"
        _, _, number = self.device.partition(":")
        count = len(visible_gpus()) if _gpu_is_there() else 0
        if int(number or 0) < count:
            return None
        return f"device {self.device!r}: this machine has {counted(count, 'GPU')} that can be used"

    @classmethod
    def runtime_has_cuda(cls) -> bool:
        """Return whether what runs the model is built for GPUs, without importing it."""
        return True


class TorchOptions(ModelOptions):
    """Options of plugins that run a model with PyTorch."""

    precision: Literal["single", "tf32", "half"] = Field(
        default="single",
        description="single is the same on all devices except for rounding; tf32, for GPUs from "
        "Ampere on, keeps 10 bits of each factor; half is float16 on a GPU for most of the work "
        "and tf32 for the rest, and bfloat16 on a CPU, which is slower if it has no instructions "
        "for it",
    )
    channels_last: bool = Field(default=False, description="Channels last in memory")
    fixed_batch: bool = Field(
        default=False,
        description="Fill each batch up to `batch` with repeats, so that the bits of a result do "
        "not depend on how many there are; video-pose then puts short clips together into "
        "full batches, where both of its models have this option",
    )
    compile: bool = Field(
        default=False,
        description="Use torch.compile, which takes minutes at the start; the last bits of results "
        "may then depend on what a worker did before",
    )

    @classmethod
    def runtime_has_cuda(cls) -> bool:
        """Return whether PyTorch is built for GPUs, without importing it."""
        return has_file("torch", "lib/*torch_cuda.*")


_auto_is_gpu: bool | None = None


def settle_auto(*, gpu: bool) -> None:
    """Make ``device: auto`` mean in this process, a worker, what the build decided.

    Workers may be on other machines than the driver, and all of them must do the same.

    Parameters
    ----------
    gpu : bool
        Whether it means a GPU.
    """
    global _auto_is_gpu
    _auto_is_gpu = gpu


def has_file(package: str, pattern: str) -> bool:
    """Return whether an installed package has such a file, without importing it.

    Parameters
    ----------
    package : str
        Its import name.
    pattern : str
        Of a path in its folder, such as ``lib/*cuda*``.

    Returns
    -------
    bool
        False where the package is not installed.
    """
    try:
        spec = find_spec(package)
    except (ImportError, ValueError):
        return False
    places = spec.submodule_search_locations if spec is not None else None
    return any(next(Path(place).glob(pattern), None) is not None for place in places or ())


def visible_gpus() -> list[str]:
    """Return CUDA's names of the GPUs that this process may use, without loading CUDA."""
    named = os.environ.get(_VISIBLE)
    if named is not None:
        # CUDA stops at the first name that is not a GPU.
        names = map(str.strip, named.split(","))
        return list(takewhile(lambda name: name not in ("", "-1"), names))
    return [str(index) for index in range(_gpus_of_driver())]


def _gpu_is_there() -> bool:
    # The variable may be set where there is no GPU.
    return bool(visible_gpus()) and _gpus_of_driver() > 0


@cache
def _gpus_of_driver() -> int:
    """Ask NVIDIA's driver: device files differ between machines and containers."""
    import ctypes

    try:
        nvml = ctypes.CDLL("nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1")
    except OSError:
        return 0
    count = ctypes.c_uint()
    if nvml.nvmlInit_v2() or nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)):
        return 0
    nvml.nvmlShutdown()
    return count.value


def use_gpu(name: str) -> None:
    """Make this process, a worker, see one GPU alone. Before CUDA is loaded.

    Parameters
    ----------
    name : str
        One of `visible_gpus`.
    """
    os.environ[_VISIBLE] = name
    os.environ[_PLACED] = "1"


def torch_device(options: TorchOptions) -> torch.device:
    """Return the device that a model runs on.

    Parameters
    ----------
    options : TorchOptions
        The options of the model.

    Returns
    -------
    torch.device
        The CPU or a GPU.

    Raises
    ------
    PluginError
        When a GPU is needed and there is none that PyTorch can use.
    """
    import torch

    if not options.uses_gpu():
        return torch.device("cpu")
    if not torch.cuda.is_available():
        built = torch.version.cuda is not None
        why = "finds none" if built else "is a build for the CPU"
        raise PluginError(
            f"device {options.device!r}: there is no GPU to use: PyTorch {torch.__version__} {why}",
            hint="set device to cpu; `skelconv doctor` shows what this machine has",
        )
    return torch.device("cuda", gpu_index(options.device, torch.cuda.device_count()))


@contextmanager
def torch_inference(options: TorchOptions) -> Iterator[None]:
    """Run a model with PyTorch as its options say, and without gradients.

    On a GPU, algorithms are used that give the same bits each time, and TensorFloat-32, which is
    PyTorch's default for convolutions, only where the options say so: with it, boxes and joints
    depend on the other frames in the batch.

    Parameters
    ----------
    options : TorchOptions
        The options of the model.
    """
    import torch

    # These settings are of the process, and another model in it may have others.
    torch.set_num_threads(options.threads)
    torch.backends.cudnn.benchmark = False
    torch.backends.cudnn.deterministic = True
    tf32 = options.precision != "single"
    torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cuda.matmul.allow_tf32 = tf32
    with torch.inference_mode():
        yield


def gpu_index(device: str, count: int) -> int:
    """Return which of the GPUs that this process sees is meant by an option ``device``.

    Parameters
    ----------
    device : str
        ``auto``, ``cuda`` or ``cuda:N``. A worker that was given a GPU sees that one alone,
        whatever its number.
    count : int
        How many it sees.

    Returns
    -------
    int
        From 0.

    Raises
    ------
    PluginError
        When there are fewer.
    """
    _, _, number = device.partition(":")
    index = int(number) if number and _PLACED not in os.environ else 0
    if index >= count:
        raise PluginError(f"device {device!r}: there are {count} GPUs, counted from 0")
    return index
