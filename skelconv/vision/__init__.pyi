from .batching import ahead, batches
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
from .topdown import Person, top_down
from .weights import local_file, open_file

__all__ = [
    "BOX",
    "BOX_SCORE",
    "ModelOptions",
    "Person",
    "TorchOptions",
    "ahead",
    "batches",
    "boxes_of",
    "gpu_index",
    "has_file",
    "in_bgr",
    "iou",
    "local_file",
    "open_file",
    "pair",
    "top_down",
    "torch_device",
    "torch_inference",
    "visible_gpus",
]
