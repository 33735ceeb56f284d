from .appearance import APPEARANCE, APPEARANCE_ROW, appearance_of
from .batching import ahead, batches, check_places, filled
from .boxes import BOX, BOX_SCORE, boxes_of, iou, pair
from .device import (
    ModelOptions,
    TorchOptions,
    gpu_index,
    has_file,
    torch_device,
    torch_inference,
    visible_gpus,
)
from .frames import in_bgr
from .memory import give_memory_back, memory_of_a_core, use_memory_again
from .topdown import top_down
from .weights import RemoteFile, cache_folder, is_url, local_file, open_file

__all__ = [
    "APPEARANCE",
    "APPEARANCE_ROW",
    "BOX",
    "BOX_SCORE",
    "ModelOptions",
    "RemoteFile",
    "TorchOptions",
    "ahead",
    "appearance_of",
    "batches",
    "boxes_of",
    "cache_folder",
    "check_places",
    "filled",
    "give_memory_back",
    "gpu_index",
    "has_file",
    "in_bgr",
    "iou",
    "is_url",
    "local_file",
    "memory_of_a_core",
    "open_file",
    "pair",
    "top_down",
    "torch_device",
    "torch_inference",
    "use_memory_again",
    "visible_gpus",
]
