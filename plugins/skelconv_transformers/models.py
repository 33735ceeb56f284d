"""Models from folders and from the Hub, for the detector and the pose model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from skelconv import PluginError
from skelconv.plugin import as_plugin_error
from skelconv.vision import torch_device, torch_inference
from skelconv_transformers.hub import weights_of

if TYPE_CHECKING:
    import torch

    from skelconv_transformers.options import PretrainedOptions

_DESCRIPTIONS = ("config.json", "preprocessor_config.json")
_WEIGHTS = ("model.safetensors", "model.safetensors.index.json")
_SHOWN = 3


class Kind(NamedTuple):
    """A supported kind of model.

    Attributes
    ----------
    model : type
        The class in transformers.
    processor : type
        Its image processor, always the one on PIL and NumPy: the one on torchvision rounds
        differently, and results should not depend on what else is installed.
    backbone : str
        The only kind of backbone that is built; others may fetch their own weights.
    """

    model: Any
    processor: Any
    backbone: str


def load_model(kinds: dict[str, Kind], options: PretrainedOptions) -> tuple[Any, Any]:
    """Load a model onto its device.

    Only JSON and safetensors are read, and no code that comes with a model is run.

    Parameters
    ----------
    kinds : dict of str to Kind
        The supported kinds, by ``model_type``.
    options : PretrainedOptions
        The model, and how to run it.

    Returns
    -------
    model : Module
        The model, ready for inference.
    processor : image processor
        Its image processor.

    Raises
    ------
    PluginError
        When there is no such model, it is of another kind, its weights are damaged, are a pickle
        or do not fit, or the device cannot be used.
    """
    import torch

    device = torch_device(options)
    folder = _folder(options.model, options.revision)
    _check_files(folder, options.model)
    with _quiet(), as_plugin_error("it cannot be loaded", options.model):
        model, processor = _load(kinds, folder, options.model)
    model = model.to(device).eval()
    if options.channels_last:
        model = model.to(memory_format=torch.channels_last)
    if options.compile:
        model.forward = torch.compile(model.forward)
    return model, processor


def _load(kinds: dict[str, Kind], folder: Path, name: str) -> tuple[Any, Any]:
    import torch
    from transformers import AutoConfig

    config = AutoConfig.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    kind = kinds.get(config.model_type)
    if kind is None:
        what = f"it is a model of type {config.model_type!r}, not {' or '.join(kinds)}"
        raise PluginError(what, where=name)
    backbone = getattr(config.backbone_config, "model_type", None)
    if backbone != kind.backbone:
        what = f"its backbone is of type {backbone!r}; only {kind.backbone} is built here"
        raise PluginError(what, where=name)
    model, loading = kind.model.from_pretrained(
        folder,
        config=config,
        use_safetensors=True,
        local_files_only=True,
        dtype=torch.float32,  # whatever the file has
        output_loading_info=True,
        # Weights that do not fit are reported below, by name.
        ignore_mismatched_sizes=True,
    )
    wrong = [
        f"{key} is {tuple(given)}, not {tuple(wanted)}"
        for key, given, wanted in sorted(loading["mismatched_keys"])
    ]
    if wrong:
        raise PluginError(f"the weights do not fit config.json: {_some(wrong)}", where=name)
    if missing := sorted(loading["missing_keys"]):
        what = f"{len(missing)} of the weights are missing: {_some(missing)}"
        raise PluginError(what, where=name)
    return model, kind.processor.from_pretrained(folder, local_files_only=True)


def _some(names: list[str]) -> str:
    return ", ".join(names[:_SHOWN]) + (", ..." if len(names) > _SHOWN else "")


def _folder(name: str, revision: str | None) -> Path:
    hub = weights_of(name, revision)
    if hub is not None:
        folder, _ = hub.fetch(revision)
        return folder
    if revision is not None:
        raise PluginError("a folder has no revision", where=name)
    return Path(name).expanduser().absolute()


def _check_files(folder: Path, name: str) -> None:
    for file in _DESCRIPTIONS:
        if not (folder / file).is_file():
            raise PluginError(
                f"there is no {file} in it",
                where=name,
                hint="save both the model and its image processor there with save_pretrained",
            )
    if not any((folder / file).is_file() for file in _WEIGHTS):
        pickled = any(folder.glob("*.bin"))
        raise PluginError(
            f"there is no {_WEIGHTS[0]} in it"
            + ("; a .bin is a pickle, which can run code, and is not loaded" if pickled else ""),
            where=name,
            hint="if you trust it, load it and save it again with save_pretrained",
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Turn off transformers' reports and progress bars; errors are raised."""
    import transformers

    logging: Any = transformers.utils.logging
    verbosity, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()


@contextmanager
def inference(model: Any, options: PretrainedOptions) -> Iterator[None]:
    """Run a model in the block, without gradients, and in half precision where asked for.

    Parameters
    ----------
    model : Module
        The model.
    options : PretrainedOptions
        How to run it.

    Yields
    ------
    None
        While the model may run.
    """
    import torch

    kind = model.device.type
    half = torch.float16 if kind == "cuda" else torch.bfloat16
    with torch_inference(options), torch.autocast(kind, half, enabled=options.precision == "half"):
        yield


def to_device(pixels: torch.Tensor, model: Any, options: PretrainedOptions) -> torch.Tensor:
    """Return images on the device of a model, and in its order of memory.

    Parameters
    ----------
    pixels : Tensor of shape (N, 3, H, W)
        The images.
    model : Module
        The model.
    options : PretrainedOptions
        How to run it.

    Returns
    -------
    Tensor of shape (N, 3, H, W)
        The images, float32.
    """
    import torch

    layout = torch.channels_last if options.channels_last else torch.contiguous_format
    return pixels.to(model.device, torch.float32).contiguous(memory_format=layout)
