from .checks import Check, CheckResult, Ended, fits, in_python, installed, pip, run_program
from .classes import Classes, Label
from .descriptors import (
    CheckPlugin,
    DetectorPlugin,
    ExecutorPlugin,
    PoseModelPlugin,
    ReaderPlugin,
    RecipeFolder,
    Resources,
    SinkPlugin,
    SourcePlugin,
    SplitPlugin,
    TrainerPlugin,
    TransformPlugin,
)
from .guard import as_plugin_error, call
from .guesses import Guess
from .hookspecs import hookimpl
from .interfaces.executors import Executor
from .interfaces.models import CuttingPoseModel, Detector, OneStagePoseModel, PoseModel, Poses
from .interfaces.readers import Reader
from .interfaces.sinks import Assembly, PublishingSink, Sink
from .interfaces.sources import Inventory, Item, Rejected, Source
from .interfaces.splits import Split
from .interfaces.trainers import Trainer
from .interfaces.transforms import DividingTransform, Transform, Unmade
from .loading import layout_named
from .made import origins
from .models import Fetchable, FetchProgress, KnownModel
from .option_types import LayoutName
from .options import NameOrPathText, Options, PathText, Sha256
from .own_layouts import (
    OwnLayout,
    define,
    layout_of_stored,
    sides_by_name,
    spanning_tree,
    stored_layout,
)
from .use import UseDetector, UsePoseModel, UseSplit, UseTransform

__all__ = [
    "Assembly",
    "Check",
    "CheckPlugin",
    "CheckResult",
    "Classes",
    "CuttingPoseModel",
    "Detector",
    "DetectorPlugin",
    "DividingTransform",
    "Ended",
    "Executor",
    "ExecutorPlugin",
    "FetchProgress",
    "Fetchable",
    "Guess",
    "Inventory",
    "Item",
    "KnownModel",
    "Label",
    "LayoutName",
    "NameOrPathText",
    "OneStagePoseModel",
    "Options",
    "OwnLayout",
    "PathText",
    "PoseModel",
    "PoseModelPlugin",
    "Poses",
    "PublishingSink",
    "Reader",
    "ReaderPlugin",
    "RecipeFolder",
    "Rejected",
    "Resources",
    "Sha256",
    "Sink",
    "SinkPlugin",
    "Source",
    "SourcePlugin",
    "Split",
    "SplitPlugin",
    "Trainer",
    "TrainerPlugin",
    "Transform",
    "TransformPlugin",
    "Unmade",
    "UseDetector",
    "UsePoseModel",
    "UseSplit",
    "UseTransform",
    "as_plugin_error",
    "call",
    "define",
    "fits",
    "hookimpl",
    "in_python",
    "installed",
    "layout_named",
    "layout_of_stored",
    "origins",
    "pip",
    "run_program",
    "sides_by_name",
    "spanning_tree",
    "stored_layout",
]
