"""Sessions of ONNX Runtime: from files that are checked, with few threads and no output."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt
import onnxruntime

from skelconv import PluginError
from skelconv.plugin import as_plugin_error, layout_named
from skelconv.vision import gpu_index, open_file, visible_gpus
from skelconv_onnx.onnx_files import refuse_other_files

if TYPE_CHECKING:
    from skelconv_onnx.options import ImageOptions, LayoutOptions, OnnxOptions

_CUDA = "CUDAExecutionProvider"
_CPU = "CPUExecutionProvider"
_MAX_BYTES = 2**31  # the largest protobuf
_LAYOUTS = {17: "coco17", 21: "hand21", 26: "halpe26", 133: "coco-wholebody133"}


def open_model(
    options: ImageOptions,
) -> tuple[onnxruntime.InferenceSession, tuple[int, int]]:
    """Load a model of images onto its device.

    Parameters
    ----------
    options : ImageOptions
        The model, and how to run it.

    Returns
    -------
    session : InferenceSession
        The model, ready to run.
    size : (int, int)
        Height and width of its input.

    Raises
    ------
    SkelconvError
        As of `open_session`; and when the model takes no image, or one of unknown or other size
        than the options say.
    """
    session = open_session(options)
    return session, _input_size(session, options)


def open_session(options: OnnxOptions) -> onnxruntime.InferenceSession:
    """Load a model onto its device.

    Parameters
    ----------
    options : OnnxOptions
        The model, and how to run it.

    Returns
    -------
    InferenceSession
        The model, ready to run.

    Raises
    ------
    SkelconvError
        When the file does not exist, has another SHA-256 or is not a model, the device cannot be
        used, or the model names other files.
    """
    model = open_file(options.place, options.sha256, lambda path: _content(path, options.model))
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = options.threads
    settings.inter_op_num_threads = 1
    settings.use_deterministic_compute = True
    settings.log_severity_level = 4  # errors are raised as well
    cv2.setNumThreads(options.threads)
    providers = _providers(options)
    with as_plugin_error("it is not a model that ONNX Runtime can load", options.model):
        session = onnxruntime.InferenceSession(model, settings, providers, enable_fallback=0)
    if session.get_providers()[0] != providers[0][0]:
        raise PluginError(
            f"device {options.device!r}: ONNX Runtime {onnxruntime.__version__} has CUDA, "
            "and cannot start it",
            hint="its version of CUDA and cuDNN must be installed; or set device to cpu",
        )
    return session


def run(
    session: onnxruntime.InferenceSession, images: npt.NDArray[np.float32]
) -> list[npt.NDArray[np.float32]]:
    """Run a model.

    Parameters
    ----------
    session : InferenceSession
        The model.
    images : ndarray of shape (N, 3, H, W)
        Its input, float32.

    Returns
    -------
    list of ndarray
        Its outputs.
    """
    given: list[npt.NDArray[np.float32]] = session.run(
        None, {session.get_inputs()[0].name: np.ascontiguousarray(images)}
    )
    return given


def _content(path: Path, name: str) -> bytes:
    """Return the model; it is loaded from these bytes, so that they are what was checked."""
    content = _read(path, name)
    refuse_other_files(memoryview(content), name)
    return content


def _read(path: Path, name: str) -> bytes:
    if not path.is_file():
        raise PluginError("there is no such file", where=name)
    if not zipfile.is_zipfile(path):
        if path.stat().st_size > _MAX_BYTES:
            raise PluginError(f"it has {path.stat().st_size} bytes", where=name)
        with as_plugin_error("it cannot be read", name):
            return path.read_bytes()
    # It is read into memory: no name in it is used as a path.
    with as_plugin_error("it cannot be read", name), zipfile.ZipFile(path) as archive:
        models = [each for each in archive.infolist() if each.filename.endswith(".onnx")]
        if len(models) != 1:
            raise PluginError(f"there are {len(models)} .onnx files in it, not 1", where=name)
        if models[0].file_size > _MAX_BYTES:
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
    # By default cuDNN uses the algorithms that are fastest in a trial, which may round differently
    # each time; and TensorFloat-32 keeps 10 bits of each factor.
    exact = {"cudnn_conv_algo_search": "HEURISTIC", "use_tf32": "0"}
    return [(_CUDA, {"device_id": str(index), **exact}), (_CPU, {})]


def _input_size(session: onnxruntime.InferenceSession, options: ImageOptions) -> tuple[int, int]:
    inputs = session.get_inputs()
    if len(inputs) != 1 or len(inputs[0].shape) != 4 or inputs[0].type != "tensor(float)":
        takes = ", ".join(f"{each.type} {each.shape}" for each in inputs)
        raise PluginError(f"it takes {takes}, not one image", where=options.model)
    known = tuple(side if isinstance(side, int) else None for side in inputs[0].shape[2:])
    published = options.published.get(options.model)
    given = options.input_size or (published.input_size if published else None) or known
    if any(side not in (None, other) for side, other in zip(known, given, strict=True)):
        what = f"it takes images of {known[0]} x {known[1]}, not {given[0]} x {given[1]}"
        raise PluginError(what, where=options.model, hint="leave `input_size` out")
    height, width = given
    if not height or not width:
        raise PluginError(
            "it does not say what size of image it takes",
            where=options.model,
            hint="set `input_size` to the height and width that it was trained with",
        )
    return height, width


def layout_of(joints: int, options: LayoutOptions) -> str:
    """Return the name of the layout of a model's joints.

    Parameters
    ----------
    joints : int
        Their number.
    options : LayoutOptions
        The options, which may name a layout.

    Returns
    -------
    str
        The layout of the options, or else the default layout with this number of joints.

    Raises
    ------
    PluginError
        When the layout of the options has another number of joints, or there is no default.
    """
    name = options.layout or _LAYOUTS.get(joints)
    if name is None:
        raise PluginError(
            f"it has {joints} joints, and there is no default layout for this number",
            where=options.model,
            hint="set `layout`; `skelconv list-plugins` lists them",
        )
    if (expected := len(layout_named(name).joints)) != joints:
        what = f"it has {joints} joints; the layout {name!r} has {expected}"
        raise PluginError(what, where=options.model)
    return name


def check_outputs(given: Any, *wanted: tuple[int | str, ...], where: str) -> None:
    """Check the shapes of a model's outputs.

    Parameters
    ----------
    given : sequence of ndarray
        The outputs.
    *wanted : tuple of int or str
        The shape of each of the first outputs; text, such as ``"N"``, means any number.
    where : str
        The model, for the message.

    Raises
    ------
    PluginError
        When an output is missing or has another shape.
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
