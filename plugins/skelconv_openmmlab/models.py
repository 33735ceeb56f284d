"""Configs by name or path, and models from them: what detectors and pose models share."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from skelconv import PluginError, as_plugin_error, torch_device, torch_inference
from skelconv_openmmlab.weights import load_weights

if TYPE_CHECKING:
    from mmengine.config import Config

    from skelconv_openmmlab.plugin import CheckpointOptions


def load_config(name: str, package: str) -> Config:
    """Load a config of one of the packages' wheels by its name, or a file by its path.

    Raises
    ------
    PluginError
        When there is none, or it cannot be read.
    """
    from mmengine.config import Config

    path = Path(name).expanduser()
    if path.suffix != ".py":
        path = _in_wheel(name, package)
    if not path.is_file():
        raise PluginError("there is no such config", where=name)
    with as_plugin_error("it is no config", name):  # it is a program, and may fail in any way
        config = Config.fromfile(str(path))
    if not isinstance(config.get("model"), dict):
        raise PluginError("it is no config of a model: it has no `model`", where=name)
    return config


def _in_wheel(name: str, package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise PluginError(f"{package} is not installed")
    root = Path(spec.origin).parent / ".mim" / "configs"
    configs = {path.stem: path for path in root.glob("**/*.py") if "_base_" not in path.parts}
    if name not in configs:
        from difflib import get_close_matches

        near = get_close_matches(name, sorted(configs), 1)
        raise PluginError(
            f"{package} has no config {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""),
            hint="a config of your own is given as a path that ends in .py",
        )
    return configs[name]


def build_model(config: Config, scope: str, build: Any, options: CheckpointOptions) -> Any:
    """Build a model, fill it and put it on its device, as the options say."""
    import torch
    from mmengine.registry import DefaultScope

    device = torch_device(options)
    cv2.setNumThreads(options.threads)
    # All weights come from one file; a backbone's own would be fetched for nothing.
    _forget_pretrained(config.model)
    config.model.train_cfg = None
    with (
        as_plugin_error("the model cannot be built", options.config),
        # The two packages have parts of the same names; each is built with its own.
        DefaultScope.overwrite_default_scope(scope),
    ):
        model = build(config.model)
    load_weights(model, options.weights, options.sha256, trust=options.trust)
    model = model.to(device).eval()
    if options.channels_last:
        model = model.to(memory_format=torch.channels_last)
    if options.compile:
        _compile(model)
    if options.precision == "half":
        _halve(model, device.type)
    return model


def _compile(model: Any) -> None:
    """Compile the parts that cost the most: what is around them builds Python objects."""
    import torch

    try:
        torch.compile(torch.nn.ReLU())(torch.zeros(2))
    except Exception as error:  # there is no compiler for a CPU's code, mostly
        what = f"compile: PyTorch cannot compile here: {str(error).strip().splitlines()[0]}"
        raise PluginError(what, hint="leave `compile` out, or install a C++ compiler") from error
    for name in ("backbone", "neck"):
        part = getattr(model, name, None)
        if part is not None:
            part.compile()


def _halve(model: Any, kind: str) -> None:
    """Have the features, which cost the most, found in half precision."""
    import torch

    whole = model.extract_feat
    half = torch.float16 if kind == "cuda" else torch.bfloat16

    def extract_feat(*args: Any, **kwargs: Any) -> Any:
        with torch.autocast(kind, half):
            features = whole(*args, **kwargs)
        if isinstance(features, torch.Tensor):
            return features.float()
        return tuple(part.float() for part in features)

    model.extract_feat = extract_feat


def _forget_pretrained(model: Any) -> None:
    if isinstance(model, dict):
        model.pop("pretrained", None)
        if isinstance(model.get("init_cfg"), dict):
            model.pop("init_cfg")
        for part in model.values():
            _forget_pretrained(part)
    elif isinstance(model, list | tuple):
        for part in model:
            _forget_pretrained(part)


def run(model: Any, ready: Sequence[dict[str, Any]], options: CheckpointOptions) -> list[Any]:
    """Run a model on a batch of what its pipeline gave; return its samples."""
    data = {key: [one[key] for one in ready] for key in ("inputs", "data_samples")}
    with torch_inference(options), warnings.catch_warnings():
        # What PyTorch has to say of code that stands still helps no one.
        warnings.filterwarnings("ignore", module=r"mm(cv|det|pose|engine)\b|torch\b")
        return list(model.test_step(data))


def in_bgr(frame: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """Return a frame as OpenCV reads images, which the models take."""
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2BGR), np.uint8)
