"""The models that the wheels of MMDetection and MMPose list, with their configs and weights.

Each wheel has the folder ``.mim`` with ``model-index.yml``, which names files that describe models.
Neither package is imported.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from skelconv import PluginError
from skelconv.plugin import KnownModel
from skelconv.text import nearest
from skelconv.vision import is_url

# OpenMMLab's names of files end in the first digits of their SHA-256, and mostly a date.
_DIGITS = re.compile(r"-([0-9a-f]{8})(?:_[0-9]{8})?\.pth\Z")
# In their paths, the families of models that are given a box each.
_TOP_DOWN = ("topdown_heatmap", "topdown_regression", "rtmpose", "simcc", "integral_regression")
_LAYOUTS = {
    "COCO": "coco17",
    "Body8": "coco17",
    "COCO-WholeBody": "coco-wholebody133",
    "COCO-WholeBody-Hand": "hand21",
    "Hand5": "hand21",
}
_SIZE = re.compile(r"-([0-9]{2,4})x([0-9]{2,4})\Z")


@dataclass(frozen=True, slots=True)
class Listed:
    """A model that a wheel lists.

    Attributes
    ----------
    known : KnownModel
        Its name, the URL of its weights, and what is known of it.
    config : Path
        Its config in the wheel.
    """

    known: KnownModel
    config: Path


def root_of(package: str) -> Path | None:
    """Return the folder of configs and indices in a wheel.

    Parameters
    ----------
    package : {"mmdet", "mmpose"}
        The package.

    Returns
    -------
    Path or None
        None where the package is not installed.
    """
    spec = find_spec(package)
    return None if spec is None or spec.origin is None else Path(spec.origin).parent / ".mim"


@functools.cache
def listed(package: str) -> Mapping[str, Listed]:
    """Return the models of a wheel that can be run here, by name.

    Parameters
    ----------
    package : {"mmdet", "mmpose"}
        The package.

    Returns
    -------
    mapping of str to Listed
        Detectors of COCO's classes, or top-down models of people; empty where the package is not
        installed.
    """
    root = root_of(package)
    if root is None or not (root / "model-index.yml").is_file():
        return {}
    models: dict[str, Listed] = {}
    for file in _load(root / "model-index.yml")["Import"]:
        content = _load(root / file)
        for entry in content.get("Models", []) if isinstance(content, dict) else content:
            config, url = root / entry["Config"], entry.get("Weights")
            if not (isinstance(url, str) and is_url(url) and config.is_file()):
                continue  # a few entries are wrong
            if fits := _fits(package, entry):
                name = str(entry["Name"])
                models.setdefault(name, Listed(_known(name, url, fits), config))
    return models


def find(package: str, name: str) -> Listed:
    """Return the model of a name.

    Parameters
    ----------
    package : {"mmdet", "mmpose"}
        The package in whose wheel it is listed.
    name : str
        The name.

    Returns
    -------
    Listed
        The model.

    Raises
    ------
    PluginError
        When the wheel does not list it.
    """
    models = listed(package)
    if name not in models:
        raise PluginError(
            f"{package} lists no model {name!r}{nearest(name, models)}",
            hint="all that it lists: skelconv models " + package,
        )
    return models[name]


def known(package: str) -> Iterator[KnownModel]:
    """Yield the models of a wheel that can be run here.

    Parameters
    ----------
    package : {"mmdet", "mmpose"}
        The package.

    Yields
    ------
    KnownModel
        Each model, in the order of names.
    """
    for _, one in sorted(listed(package).items()):
        yield one.known


def digits_in(url: str) -> str | None:
    """Return the first digits of the SHA-256 that a name of OpenMMLab ends in.

    Parameters
    ----------
    url : str
        The URL of a checkpoint.

    Returns
    -------
    str or None
        Eight digits; None where the name has none.
    """
    found = _DIGITS.search(url)
    return found[1] if found else None


def _known(name: str, url: str, layout: str) -> KnownModel:
    size = _SIZE.search(name)
    return KnownModel(
        name,
        url,
        layout=layout if layout in _LAYOUTS.values() or layout == "halpe26" else None,
        input_size=(int(size[1]), int(size[2])) if size and layout != "boxes" else None,
        sha256=digits_in(url),
    )


def _fits(package: str, entry: Mapping[str, Any]) -> str | None:
    """Return what a model gives, ``boxes`` or the name of a layout; None if it is of no use."""
    results = entry.get("Results") or []
    datasets = {str(one.get("Dataset")) for one in results}
    if package == "mmdet":
        finds = any("Object Detection" in str(one.get("Task")) for one in results)
        return "boxes" if finds and "COCO" in datasets else None
    if not any(family in Path(entry["Config"]).parts for family in _TOP_DOWN):
        return None
    if "halpe26" in entry["Config"]:
        return "halpe26"
    return next((layout for name, layout in _LAYOUTS.items() if name in datasets), None)


def _load(file: Path) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(file.read_text(encoding="utf-8"), loader)  # noqa: S506 (both are safe)
