from .data.clip import Array, Clip, Field
from .data.errors import (
    BuildError,
    ClipDropped,
    ClipError,
    DatasetError,
    PluginError,
    RecipeError,
    SkelconvError,
)
from .data.layout import Layout
from .datasets.convert import convert, merge
from .datasets.dataset import Dataset
from .datasets.diff import diff
from .datasets.heatmaps import heatmaps
from .datasets.opening import open as open  # noqa: A004
from .datasets.stats import stats
from .datasets.verify.audit import verify
from .engine.build import build
from .engine.plan import plan
from .recipe.load import load_recipe
from .version import __version__

__all__ = [
    "Array",
    "BuildError",
    "Clip",
    "ClipDropped",
    "ClipError",
    "Dataset",
    "DatasetError",
    "Field",
    "Layout",
    "PluginError",
    "RecipeError",
    "SkelconvError",
    "__version__",
    "build",
    "convert",
    "diff",
    "heatmaps",
    "load_recipe",
    "merge",
    "plan",
    "stats",
    "verify",
]
