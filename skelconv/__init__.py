"""skelconv builds datasets for skeleton-based action recognition.

What is here is the public interface, for users and for plugin authors. Names are imported when
they are first used, so that ``import skelconv`` costs next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from skelconv.version import __version__

if TYPE_CHECKING:
    from skelconv.boxes import BOX as BOX
    from skelconv.boxes import BOX_SCORE as BOX_SCORE
    from skelconv.boxes import boxes_of as boxes_of
    from skelconv.checks import Finding as Finding
    from skelconv.clip import Clip as Clip
    from skelconv.clip import Field as Field
    from skelconv.compute import ModelOptions as ModelOptions
    from skelconv.compute import TorchOptions as TorchOptions
    from skelconv.compute import torch_device as torch_device
    from skelconv.compute import torch_inference as torch_inference
    from skelconv.dataset import Dataset as Dataset
    from skelconv.dataset import open as open  # noqa: A004
    from skelconv.engine.report import BuildReport as BuildReport
    from skelconv.engine.run import build as build
    from skelconv.errors import BuildError as BuildError
    from skelconv.errors import ClipDropped as ClipDropped
    from skelconv.errors import ClipError as ClipError
    from skelconv.errors import DatasetError as DatasetError
    from skelconv.errors import PluginError as PluginError
    from skelconv.errors import RecipeError as RecipeError
    from skelconv.errors import SkelconvError as SkelconvError
    from skelconv.errors import as_plugin_error as as_plugin_error
    from skelconv.hookspecs import CheckPlugin as CheckPlugin
    from skelconv.hookspecs import DetectorPlugin as DetectorPlugin
    from skelconv.hookspecs import ExecutorPlugin as ExecutorPlugin
    from skelconv.hookspecs import Options as Options
    from skelconv.hookspecs import PoseModelPlugin as PoseModelPlugin
    from skelconv.hookspecs import ReaderPlugin as ReaderPlugin
    from skelconv.hookspecs import Resources as Resources
    from skelconv.hookspecs import SinkPlugin as SinkPlugin
    from skelconv.hookspecs import SourcePlugin as SourcePlugin
    from skelconv.hookspecs import SplitPlugin as SplitPlugin
    from skelconv.hookspecs import TransformPlugin as TransformPlugin
    from skelconv.hookspecs import hookimpl as hookimpl
    from skelconv.layouts import Layout as Layout
    from skelconv.layouts import layout_named as layout_named
    from skelconv.nested import UseDetector as UseDetector
    from skelconv.nested import UsePoseModel as UsePoseModel
    from skelconv.nested import UseSplit as UseSplit
    from skelconv.nested import UseTransform as UseTransform
    from skelconv.option_types import PathText as PathText
    from skelconv.option_types import Sha256 as Sha256
    from skelconv.prefetch import ahead as ahead
    from skelconv.prefetch import batches as batches
    from skelconv.recipe import Recipe as Recipe
    from skelconv.recipe import load_recipe as load_recipe
    from skelconv.remote import local_file as local_file
    from skelconv.stages import Assembly as Assembly
    from skelconv.stages import Detector as Detector
    from skelconv.stages import Inventory as Inventory
    from skelconv.stages import Item as Item
    from skelconv.stages import OneStagePoseModel as OneStagePoseModel
    from skelconv.stages import PoseModel as PoseModel
    from skelconv.stages import Poses as Poses
    from skelconv.stages import Reader as Reader
    from skelconv.stages import Rejected as Rejected
    from skelconv.stages import Sink as Sink
    from skelconv.stages import Source as Source
    from skelconv.stages import Split as Split
    from skelconv.stages import Transform as Transform
    from skelconv.topdown import top_down as top_down

_HOMES = {
    "skelconv.boxes": ("BOX", "BOX_SCORE", "boxes_of"),
    "skelconv.compute": ("ModelOptions", "TorchOptions", "torch_device", "torch_inference"),
    "skelconv.nested": ("UseDetector", "UsePoseModel", "UseSplit", "UseTransform"),
    "skelconv.remote": ("local_file",),
    "skelconv.dataset": ("Dataset", "open"),
    "skelconv.engine.report": ("BuildReport",),
    "skelconv.engine.run": ("build",),
    "skelconv.checks": ("Finding",),
    "skelconv.clip": ("Clip", "Field"),
    "skelconv.errors": (
        "BuildError",
        "ClipDropped",
        "ClipError",
        "DatasetError",
        "PluginError",
        "RecipeError",
        "SkelconvError",
        "as_plugin_error",
    ),
    "skelconv.hookspecs": (
        "CheckPlugin",
        "DetectorPlugin",
        "ExecutorPlugin",
        "Options",
        "PoseModelPlugin",
        "ReaderPlugin",
        "Resources",
        "SinkPlugin",
        "SourcePlugin",
        "SplitPlugin",
        "TransformPlugin",
        "hookimpl",
    ),
    "skelconv.layouts": ("Layout", "layout_named"),
    "skelconv.option_types": ("PathText", "Sha256"),
    "skelconv.prefetch": ("ahead", "batches"),
    "skelconv.recipe": ("Recipe", "load_recipe"),
    "skelconv.stages": (
        "Assembly",
        "Detector",
        "Inventory",
        "Item",
        "OneStagePoseModel",
        "PoseModel",
        "Poses",
        "Reader",
        "Rejected",
        "Sink",
        "Source",
        "Split",
        "Transform",
    ),
    "skelconv.topdown": ("top_down",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = ["__version__", *_HOME_OF]


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'skelconv' has no attribute {name!r}")
    value = getattr(import_module(_HOME_OF[name]), name)
    globals()[name] = value
    return value
