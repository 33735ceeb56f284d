from .arrays import moving_shapes
from .clips import assert_same_clip
from .executors import check_executor
from .models import check_detector, check_one_stage, check_pose_model
from .plugins import check_descriptor, check_layout, check_recipes, installed_plugins
from .readers import check_reader, check_trainer
from .sinks import check_sink
from .stages import check_dividing, check_source, check_split, check_transform

__all__ = [
    "assert_same_clip",
    "check_descriptor",
    "check_detector",
    "check_dividing",
    "check_executor",
    "check_layout",
    "check_one_stage",
    "check_pose_model",
    "check_reader",
    "check_recipes",
    "check_sink",
    "check_source",
    "check_split",
    "check_trainer",
    "check_transform",
    "installed_plugins",
    "moving_shapes",
]
