"""Configs by name or path, and models from them, for the detector and the pose model."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from skelconv import PluginError
from skelconv.plugin import as_plugin_error
from skelconv.text import nearest
from skelconv.vision import check_places, filled, torch_device, torch_inference
from skelconv_openmmlab.index import root_of
from skelconv_openmmlab.weights import load_weights

if TYPE_CHECKING:
    from mmengine.config import Config

    from skelconv_openmmlab.options import CheckpointOptions, MmdetOptions, MmposeOptions


def load_config(name: str, package: str) -> Config:
    """Load a config by its name in a package's wheel, or by its path.

    Parameters
    ----------
    name : str
        The name, or a path that ends in ``.py``.
    package : {"mmdet", "mmpose"}
        The package in whose wheel to look for names.

    Returns
    -------
    Config
        A config of a model.

    Raises
    ------
    PluginError
        When there is no such config, or it cannot be read.
    """
    from mmengine.config import Config

    path = Path(name).expanduser()
    if path.suffix != ".py":
        path = _in_wheel(name, package)
    if not path.is_file():
        raise PluginError("there is no such config", where=name)
    with as_plugin_error("it is not a config", name):  # a program, which can raise anything
        config = Config.fromfile(str(path))
    if not isinstance(config.get("model"), dict):
        raise PluginError("it is not a config of a model: it has no `model`", where=name)
    return config


def _in_wheel(name: str, package: str) -> Path:
    root = root_of(package)
    if root is None:
        raise PluginError(f"{package} is not installed")
    configs = {
        path.stem: path for path in (root / "configs").glob("**/*.py") if "_base_" not in path.parts
    }
    if name not in configs:
        raise PluginError(
            f"{package} has no config {name!r}{nearest(name, sorted(configs))}",
            hint="give your own config as a path that ends in .py",
        )
    return configs[name]


def build_model(config: Config, scope: str, build: Any, options: CheckpointOptions) -> Any:
    """Build a model, load its weights and move it to its device.

    Parameters
    ----------
    config : Config
        The config, whose ``model`` is changed.
    scope : {"mmdet", "mmpose"}
        The registry scope of the model's parts.
    build : callable
        The registry's function from ``config.model`` to the model.
    options : CheckpointOptions
        The weights, and how to run the model.

    Returns
    -------
    Module
        The model, ready for inference.
    """
    import torch
    from mmengine.registry import DefaultScope

    device = torch_device(options)
    chosen = options.chosen()
    cv2.setNumThreads(options.threads)
    # All weights come from one file; those of the backbone alone would be fetched in vain.
    _forget_pretrained(config.model)
    config.model.train_cfg = None
    with (
        as_plugin_error("the model cannot be built", chosen.config),
        # Both packages have parts with the same names; the scope chooses this package's.
        DefaultScope.overwrite_default_scope(scope),
    ):
        model = build(config.model)
    load_weights(model, chosen.weights, chosen.sha256, trust=options.trust)
    model = model.to(device).eval()
    if options.channels_last:
        model = model.to(memory_format=torch.channels_last)
    if options.compile:
        _compile(model)
    if options.precision == "half":
        _halve(model, device.type)
    return model


def _compile(model: Any) -> None:
    """Compile the slowest parts; the code around them builds Python objects."""
    import torch

    try:
        torch.compile(torch.nn.ReLU())(torch.zeros(2))
    except Exception as error:  # usually there is no C++ compiler for the CPU
        what = f"compile: PyTorch cannot compile here: {str(error).strip().splitlines()[0]}"
        raise PluginError(what, hint="leave `compile` out, or install a C++ compiler") from error
    for name in ("backbone", "neck"):
        part = getattr(model, name, None)
        if part is not None:
            part.compile()


def _halve(model: Any, kind: str) -> None:
    """Compute the features, the slowest part, in half precision."""
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


class Runner:
    """Runs a model on batches.

    Parameters
    ----------
    model : Module
        The model.
    options : MmdetOptions or MmposeOptions
        How to run it.
    """

    def __init__(self, model: Any, options: MmdetOptions | MmposeOptions) -> None:
        self._model = model
        self._options = options
        self._checked: set[tuple[int, ...]] = set()

    def run(self, ready: Sequence[dict[str, Any]]) -> list[Any]:
        """Run the model on a batch.

        Parameters
        ----------
        ready : sequence of dict
            What its pipeline gave for each image of the batch.

        Returns
        -------
        list of InstanceData
            What the model found in each image.

        Raises
        ------
        PluginError
            When batches are to be of one size, and results depend on the place in them.
        """
        if not self._options.fixed_batch:
            return self._run(ready)
        shape = tuple(ready[0]["inputs"].shape)
        if shape not in self._checked:
            found = self._run(filled(ready[:1], self._options.batch))
            check_places([_numbers(one) for one in found])
            if len(found[0]):  # otherwise it is shown by a later batch
                self._checked.add(shape)
        return self._run(filled(ready, self._options.batch))[: len(ready)]

    def _run(self, ready: Sequence[dict[str, Any]]) -> list[Any]:
        data = {key: [one[key] for one in ready] for key in ("inputs", "data_samples")}
        with torch_inference(self._options), warnings.catch_warnings():
            # They warn about their own old code, which a user cannot change.
            warnings.filterwarnings("ignore", module=r"mm(cv|det|pose|engine)\b|torch\b")
            return [result.pred_instances for result in self._model.test_step(data)]


def _numbers(found: Any) -> npt.NDArray[np.float64]:
    """Return all that a model found in an image as one array."""
    parts = [np.asarray(getattr(value, "cpu", lambda v=value: v)()) for value in found.values()]
    return np.concatenate([part.ravel().astype(np.float64) for part in parts])
