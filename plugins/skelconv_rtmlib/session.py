"""ONNX Runtime as skelconv wants it under rtmlib's classes: local files, few threads, no words."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime
from rtmlib.tools.base import BaseTool

from skelconv import PluginError, as_plugin_error, layout_named, local_file
from skelconv.compute import gpu_index, visible_gpus

if TYPE_CHECKING:
    from skelconv_rtmlib.plugin import LayoutOptions, OnnxOptions

_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"
_MOST_BYTES = 2**31  # what a protobuf may have
_LAYOUTS = {17: "coco17", 26: "halpe26", 133: "coco-wholebody133"}


class OwnSession(BaseTool):  # type: ignore[misc]
    """Stands between a class of rtmlib and its base, which makes the session.

    rtmlib's own would fetch a file that is not there, take every core, and print. As the next in
    the order of inheritance this one is asked instead::

        class Tool(rtmlib.RTMPose, OwnSession): ...

        Tool(open_session(options), model_input_size=(192, 256))
    """

    def __init__(
        self,
        onnx_model: onnxruntime.InferenceSession,
        model_input_size: tuple[int, int],
        mean: tuple[float, ...] | None = None,
        std: tuple[float, ...] | None = None,
        backend: str = "onnxruntime",
        device: str = "cpu",
    ) -> None:
        self.session = onnx_model
        self.model_input_size = model_input_size
        self.mean = mean
        self.std = std
        self.backend = backend
        self.device = device


def open_session(options: OnnxOptions) -> onnxruntime.InferenceSession:
    """Load a model, onto its device, as the options say.

    Raises
    ------
    SkelconvError
        When the file is not there, is another one or no model, or the device is not there.
    """
    model = _model(local_file(options.onnx, options.sha256), options.onnx)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    settings.use_deterministic_compute = True
    settings.log_severity_level = 4  # what is worse than a warning is raised too
    cv2.setNumThreads(options.threads)
    providers = _providers(options)
    with as_plugin_error("it is no model that ONNX Runtime can load", options.onnx):
        session = onnxruntime.InferenceSession(model, settings, providers, enable_fallback=0)
    if session.get_providers()[0] != providers[0][0]:
        raise PluginError(
            f"device {options.device!r}: ONNX Runtime {onnxruntime.__version__} has CUDA, "
            "and cannot start it",
            hint="its version of CUDA and cuDNN must be installed; or set device to cpu",
        )
    return session


def _model(path: Path, name: str) -> str | bytes:
    if not path.is_file():
        raise PluginError("there is no such file", where=name)
    if not zipfile.is_zipfile(path):
        return str(path)
    # Read into memory: no name in it is ever used as a path.
    with as_plugin_error("it cannot be read", name), zipfile.ZipFile(path) as archive:
        models = [each for each in archive.infolist() if each.filename.endswith(".onnx")]
        if len(models) != 1:
            raise PluginError(f"there are {len(models)} .onnx files in it, not 1", where=name)
        if models[0].file_size > _MOST_BYTES:
            what = f"{models[0].filename} in it would unpack to {models[0].file_size} bytes"
            raise PluginError(what, where=name)
        return archive.read(models[0])


def _providers(options: OnnxOptions) -> list[tuple[str, dict[str, str]]]:
    if not options.uses_gpu():
        return [(_CPU, {})]
    if _CUDA not in onnxruntime.get_available_providers():
        raise PluginError(
            f"device {options.device!r}: ONNX Runtime {onnxruntime.__version__} is a build for the "
            "CPU",
            hint="install onnxruntime-gpu in place of onnxruntime, or set device to cpu or auto",
        )
    index = gpu_index(options.device, len(visible_gpus()))
    # By default cuDNN's algorithms are those that win a race, and others may round otherwise; and
    # factors are cut to 10 bits.
    exact = {"cudnn_conv_algo_search": "HEURISTIC", "use_tf32": "0"}
    return [(_CUDA, {"device_id": str(index), **exact}), (_CPU, {})]


def input_size(session: onnxruntime.InferenceSession, options: OnnxOptions) -> tuple[int, int]:
    """Return the height and width of a model's input.

    Raises
    ------
    PluginError
        When it takes no image, or its size is not known or another one than the options say.
    """
    inputs = session.get_inputs()
    if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].type != "tensor(float)":
        takes = ", ".join(f"{each.type} {each.shape}" for each in inputs)
        raise PluginError(f"it takes {takes}, not one image", where=options.onnx)
    known = tuple(side if isinstance(side, int) else None for side in inputs[0].shape[2:])
    given = options.input_size or known
    if any(side not in (None, other) for side, other in zip(known, given, strict=True)):
        what = f"it takes images of {known[0]} x {known[1]}, not {given[0]} x {given[1]}"
        raise PluginError(what, where=options.onnx, hint="leave `input_size` out")
    height, width = given
    if not height or not width:
        raise PluginError(
            "it does not say which size of image it takes",
            where=options.onnx,
            hint="set `input_size` to the height and width that it was trained with",
        )
    return height, width


def layout_of(joints: int, options: LayoutOptions) -> str:
    """Return the name of the layout of a model with so many joints.

    Raises
    ------
    PluginError
        When the options name one with another number, or name none and there is no usual one.
    """
    name = options.layout or _LAYOUTS.get(joints)
    if name is None:
        raise PluginError(
            f"it has {joints} joints, and there is no one layout for that",
            where=options.onnx,
            hint="set `layout`; `skelconv list-plugins` tells which there are",
        )
    if (expected := len(layout_named(name).joints)) != joints:
        what = f"it has {joints} joints, and the layout {name!r} {expected}"
        raise PluginError(what, where=options.onnx)
    return name


def check_outputs(given: Any, *wanted: tuple[int | str, ...], where: str) -> None:
    """Check the shapes of a model's outputs; a letter stands for any number.

    Raises
    ------
    PluginError
        When they are others.
    """
    shapes = [np.shape(each) for each in given]
    if len(shapes) < len(wanted) or not all(map(_fits, shapes, wanted)):
        what = f"its outputs are {_listed(shapes)}, where {_listed(wanted)} are expected"
        raise PluginError(what, where=where, hint="it is a model of another kind")


def _fits(shape: tuple[int, ...], pattern: tuple[int | str, ...]) -> bool:
    return len(shape) == len(pattern) and all(
        isinstance(wanted, str) or wanted == side
        for side, wanted in zip(shape, pattern, strict=True)
    )


def _listed(shapes: Any) -> str:
    return " and ".join(f"({', '.join(map(str, shape))})" for shape in shapes) or "none"


def in_bgr(frame: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a frame as OpenCV would read it, which rtmlib takes."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), np.uint8)
