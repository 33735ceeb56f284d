"""Replacements that let MMDetection 3.3 and MMPose 1.3 run without a compiler.

Their last releases are of 2024. Each replacement here is for one package that has changed since,
does nothing where that package works, and can be removed when it is fixed upstream:

- ``mmcv._ext``: mmcv has wheels only for old versions of PyTorch, so ``mmcv-lite`` is used, which
  lacks the compiled operations. Inference with the models here needs two of them, `nms` and
  `roi_align_forward`; the others raise an error when they are called.
- ``xtcocotools``: its wheels are for NumPy 1. MMPose imports it for training and evaluation.
- ``pkg_resources``: setuptools 82 removed it. mmengine uses it only to find the configs of another
  package, which is not done here, so it is not replaced.

A compiled mmcv is used as it is.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from skelconv import PluginError

if TYPE_CHECKING:
    import torch

_EXT = "mmcv._ext"
_BLOCK = 128
# What MMPose imports from it.
_XTCOCOTOOLS = {"coco": ("COCO",), "cocoeval": ("COCOeval",), "mask": ()}


def prepare() -> None:
    """Make mmdet and mmpose importable; call it before importing them, as often as you like."""
    if _EXT not in sys.modules and not _is_there(_EXT):
        ext = _Operations(_EXT, "The compiled operations of MMCV that inference needs.")
        _register(ext)
    try:
        import xtcocotools.mask  # noqa: F401
    except Exception:  # a wheel for another NumPy can raise anything
        for name in [name for name in sys.modules if name.partition(".")[0] == "xtcocotools"]:
            del sys.modules[name]
        parent = ModuleType("xtcocotools", "Replaces COCO's tools, which inference does not use.")
        parent.__path__ = []
        _register(parent)
        for name, classes in _XTCOCOTOOLS.items():
            module = ModuleType(f"xtcocotools.{name}")
            for class_name in classes:
                setattr(module, class_name, type(class_name, (), {}))
            setattr(parent, name, module)
            _register(module)


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ImportError:
        return False


def _register(module: ModuleType) -> None:
    # Other packages call find_spec, which raises for a module without a spec.
    module.__spec__ = ModuleSpec(module.__name__, None, is_package=hasattr(module, "__path__"))
    sys.modules[module.__name__] = module


class _Operations(ModuleType):
    """Every operation: two that work, and others that raise an error with the reason."""

    nms = staticmethod(lambda *args, **kwargs: nms(*args, **kwargs))
    roi_align_forward = staticmethod(lambda *args, **kwargs: roi_align_forward(*args, **kwargs))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)

        def refuse(*_: object, **__: object) -> NoReturn:
            raise PluginError(
                f"the model needs the operation {name!r} of a compiled MMCV",
                hint="install mmcv 2.1.0 in place of mmcv-lite, which needs a compiler; see "
                "`skelconv doctor`",
            )

        return refuse


def nms(
    boxes: torch.Tensor, scores: torch.Tensor, iou_threshold: float, offset: int
) -> torch.Tensor:
    """Suppress boxes that overlap a better one, as ``mmcv.ops.nms`` does.

    Parameters
    ----------
    boxes : Tensor of shape (N, 4)
        Left, top, right, bottom.
    scores : Tensor of shape (N,)
        Their scores.
    iou_threshold : float
        Boxes that overlap a better one by more than this are left out.
    offset : int
        Added to widths and heights: 0 or 1.

    Returns
    -------
    Tensor of shape (K,)
        Indices of the boxes that are kept, the best first.
    """
    import torch

    if offset == 0 and _has_torchvision():
        from torchvision.ops import nms as torchvision_nms

        best: torch.Tensor = torchvision_nms(boxes, scores, iou_threshold)
        return best
    order = scores.argsort(descending=True, stable=True)
    ranked = boxes[order]
    kept = np.ones(len(order), bool)
    # Overlaps are computed block by block, and copied from the GPU once for each block.
    for start in range(0, len(order), _BLOCK):
        overlaps = _overlap(ranked[start : start + _BLOCK], ranked[start:], offset)
        close = (overlaps > iou_threshold).cpu().numpy()
        for row, near in enumerate(close):
            if kept[start + row]:
                kept[start + row + 1 :] &= ~near[row + 1 :]
    return order[torch.from_numpy(kept).to(order.device)]


def _overlap(some: torch.Tensor, others: torch.Tensor, offset: int) -> torch.Tensor:
    """Return the intersection over union of each pair, (len(some), len(others))."""
    import torch

    left, top, right, bottom = some[:, :, None].unbind(1)
    lefts, tops, rights, bottoms = others.unbind(1)
    width = torch.minimum(right, rights).sub_(torch.maximum(left, lefts)).add_(offset)
    height = torch.minimum(bottom, bottoms).sub_(torch.maximum(top, tops)).add_(offset)
    shared = width.clamp_(min=0).mul_(height.clamp_(min=0))
    area = (right - left + offset) * (bottom - top + offset)
    areas = (rights - lefts + offset) * (bottoms - tops + offset)
    return shared / (area + areas).sub_(shared)


def roi_align_forward(
    features: torch.Tensor,
    rois: torch.Tensor,
    output: torch.Tensor,
    argmax_y: torch.Tensor,
    argmax_x: torch.Tensor,
    *,
    aligned_height: int,
    aligned_width: int,
    spatial_scale: float,
    sampling_ratio: int,
    pool_mode: int,
    aligned: bool,
) -> None:
    """Average bilinear samples in the cells of regions, as ``mmcv.ops.roi_align`` does.

    Parameters
    ----------
    features : Tensor of shape (B, C, H, W)
        Maps.
    rois : Tensor of shape (N, 5)
        Index of the map, left, top, right, bottom.
    output : Tensor of shape (N, C, aligned_height, aligned_width)
        Receives the result.
    argmax_y, argmax_x : Tensor
        Not used: they are for the largest sample in place of the average.
    aligned_height, aligned_width : int
        Cells.
    spatial_scale : float
        From the coordinates of the regions to those of the maps.
    sampling_ratio : int
        Samples of a cell in each direction; 0 is one for each pixel.
    pool_mode : int
        1, the average. 0, the largest sample, is refused.
    aligned : bool
        Whether the centres of pixels are at halves.

    Raises
    ------
    PluginError
        When the largest sample is asked for.
    """
    if pool_mode == 0:
        raise PluginError("RoIAlign with the largest sample needs a compiled MMCV")
    if _has_torchvision():
        from torchvision.ops import roi_align

        size = (aligned_height, aligned_width)
        output.copy_(roi_align(features, rois, size, spatial_scale, sampling_ratio, aligned))
        return
    import torch

    shift = 0.5 if aligned else 0.0
    edges = rois[:, 1:].float() * spatial_scale - shift
    near, sizes = edges[:, :2], edges[:, 2:] - edges[:, :2]
    if not aligned:
        sizes = sizes.clamp(min=1)
    cells = sizes / sizes.new_tensor([aligned_width, aligned_height])
    counts = cells.ceil().clamp(min=0) if sampling_ratio <= 0 else cells * 0 + sampling_ratio
    ways = torch.cat([near, cells, counts], 1).tolist()
    for index, (left, top, width, height, across, down) in enumerate(ways):
        # A bilinear sample is linear in the pixels of a row and of a column, so the average over
        # a cell is two small matrix products of the pixels that the region touches.
        first, rows = _weights(top, height, int(down), aligned_height, features.shape[2])
        before, columns = _weights(left, width, int(across), aligned_width, features.shape[3])
        part = features[
            int(rois[index, 0]),
            :,
            first : first + rows.shape[1],
            before : before + columns.shape[1],
        ]
        output[index] = rows.to(features) @ part @ columns.T.to(features)


def _weights(
    start: float, cell: float, samples: int, cells: int, pixels: int
) -> tuple[int, torch.Tensor]:
    """Return the first pixel used of a line, and the weights (cells, pixels) from it on."""
    import torch

    if not samples:
        return 0, torch.zeros(cells, 1)
    steps = (torch.arange(samples, dtype=torch.float32) + 0.5) * (cell / samples)
    places = start + torch.arange(cells, dtype=torch.float32)[:, None] * cell + steps
    inside = (places >= -1) & (places <= pixels)
    places = places.clamp(0, pixels - 1)
    low = places.floor().long()
    high = (low + 1).clamp(max=pixels - 1)
    part = places - low
    first = int(low.min())
    weights = torch.zeros(cells, int(high.max()) + 1 - first)
    weights.scatter_add_(1, low - first, (1 - part) * inside / samples)
    weights.scatter_add_(1, high - first, part * inside / samples)
    return first, weights


def _has_torchvision() -> bool:
    global _torchvision
    if _torchvision is None:
        try:
            import torchvision.ops  # noqa: F401

            _torchvision = True
        except Exception:  # one built for another PyTorch can raise anything
            _torchvision = False
    return _torchvision


_torchvision: bool | None = None
