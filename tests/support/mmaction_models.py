"""MMAction2's STGCN++, without its other models, which need packages that are not there.

The wheel of 1.2.0 also lacks a folder of them, so that ``mmaction.models`` cannot be imported.
"""

import importlib
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, module_from_spec
from pathlib import Path

_ROOM = "mmaction.models"


def provide() -> None:
    """Let ``from mmaction.models import GCNHead, STGCN`` do what it does where all is there."""
    found = find_spec("mmaction")
    assert found is not None
    assert found.submodule_search_locations is not None
    folder = Path(found.submodule_search_locations[0], "models")
    for name in ("", "backbones", "heads", "losses", "utils"):
        spec = ModuleSpec(f"{_ROOM}.{name}".rstrip("."), None, is_package=True)
        spec.submodule_search_locations = [str(folder / name)]
        sys.modules[spec.name] = module_from_spec(spec)
    for room, module, names in (
        ("utils", "utils.graph", ["Graph"]),
        ("utils", "utils.gcn_utils", ["mstcn", "unit_gcn", "unit_tcn"]),
        ("losses", "losses.cross_entropy_loss", ["CrossEntropyLoss"]),
        ("", "backbones.stgcn", ["STGCN"]),
        ("", "heads.gcn_head", ["GCNHead"]),
    ):
        for name in names:
            value = getattr(importlib.import_module(f"{_ROOM}.{module}"), name)
            setattr(sys.modules[f"{_ROOM}.{room}".rstrip(".")], name, value)
