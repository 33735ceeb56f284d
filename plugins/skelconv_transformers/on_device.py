"""Preparing images on the device of a model, as their image processors do it on the CPU."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional
from transformers.image_utils import PILImageResampling

from skelconv import PluginError

# A box is widened by this, as in training.
_PADDING = 1.25


def check_resizing(processor: Any, name: str) -> None:
    """Check that an image processor does what `resized` does.

    Parameters
    ----------
    processor : image processor
        The model's own.
    name : str
        The model, for errors.

    Raises
    ------
    PluginError
        When it does something else.
    """
    size = processor.size
    plain = processor.do_resize and not processor.do_pad and size.height and size.width
    if not plain or processor.resample != PILImageResampling.BILINEAR:
        _refuse("its image processor does not resize bilinearly to one height and width", name)


def check_cutting(processor: Any, name: str) -> None:
    """Check that an image processor does what `cut_out` does; see `check_resizing`.

    Parameters
    ----------
    processor : image processor
        The model's own.
    name : str
        The model, for errors.

    Raises
    ------
    PluginError
        When it does something else.
    """
    if not processor.do_affine_transform:
        _refuse("its image processor does not cut people out", name)


def _refuse(what: str, name: str) -> None:
    raise PluginError(what, where=name, hint="set `prepare` to exact")


def sent(frame: npt.NDArray[np.uint8], device: torch.device) -> torch.Tensor:
    """Send a frame to a device, as it is.

    Parameters
    ----------
    frame : ndarray of shape (H, W, 3)
        RGB, uint8.
    device : torch.device
        Where to.

    Returns
    -------
    Tensor of shape (1, 3, H, W)
        On the device, float32, from 0 to 255.
    """
    # PyTorch warns of what is read-only.
    given = torch.from_numpy(frame if frame.flags.writeable else frame.copy())
    return given.to(device)[None].permute(0, 3, 1, 2).float()


def resized(image: torch.Tensor, size: Any) -> torch.Tensor:
    """Resize an image as Pillow does: bilinearly, from all pixels where it becomes smaller.

    Parameters
    ----------
    image : Tensor of shape (1, 3, H, W)
        From 0 to 255.
    size : SizeDict
        Height and width.

    Returns
    -------
    Tensor of shape (1, 3, height, width)
        Whole numbers from 0 to 255. Where Pillow goes down first, which it does where that is less
        work, up to a quarter of them are 1 apart.
    """
    # Across and then down, rounded after each, as Pillow does for most videos.
    for shape in ((image.shape[2], size.width), (size.height, size.width)):
        image = _rounded(functional.interpolate(image, shape, mode="bilinear", antialias=True))
    return image.clamp(0, 255)


def cut_out(image: torch.Tensor, boxes: npt.NDArray[np.float64], size: Any) -> torch.Tensor:
    """Cut people out of an image as ViTPose's image processor does, black outside the image.

    Parameters
    ----------
    image : Tensor of shape (1, 3, H, W)
        From 0 to 255.
    boxes : ndarray of shape (N, 4)
        Left, top, width and height of each person in pixels.
    size : SizeDict
        Height and width of what is cut out.

    Returns
    -------
    Tensor of shape (N, 3, height, width)
        Whole numbers from 0 to 255, uint8.
    """
    aspect = size.width / size.height
    wide = np.maximum(boxes[:, 2], boxes[:, 3] * aspect)
    sides = np.stack([wide, np.maximum(boxes[:, 3], boxes[:, 2] / aspect)], 1) * _PADDING
    corners = boxes[:, :2] + boxes[:, 2:] / 2 - sides / 2
    axes, inside = [], []
    for axis, (count, most) in enumerate(
        zip((size.width, size.height), (image.shape[3] - 1, image.shape[2] - 1), strict=True)
    ):
        steps = np.linspace(0, 1, count)
        places = corners[:, axis, np.newaxis] + steps * sides[:, axis, np.newaxis]
        inside.append((places >= 0) & (places <= most))
        # From -1 to 1 over the image.
        axes.append(places * (2 / max(most, 1)) - 1)
    x, y = (torch.from_numpy(places).to(image.device, torch.float32) for places in axes)
    shape = len(boxes), size.height, size.width
    grid = torch.stack([x[:, None].expand(shape), y[:, :, None].expand(shape)], -1)
    made = functional.grid_sample(
        image.expand(len(boxes), -1, -1, -1), grid, padding_mode="border", align_corners=True
    )
    there = torch.from_numpy(inside[1][:, :, np.newaxis] & inside[0][:, np.newaxis])
    return (_rounded(made) * there[:, None].to(image.device)).to(torch.uint8)


def normal(image: torch.Tensor, processor: Any) -> torch.Tensor:
    """Rescale and normalise images as an image processor says.

    Parameters
    ----------
    image : Tensor of shape (N, 3, height, width)
        From 0 to 255.
    processor : image processor
        The model's own.

    Returns
    -------
    Tensor of shape (N, 3, height, width)
        What the model takes, float32.
    """
    made = image.float()
    if processor.do_rescale:
        made = made * processor.rescale_factor
    if processor.do_normalize:
        mean, std = (_colours(of, made) for of in (processor.image_mean, processor.image_std))
        made = (made - mean) / std
    return made


def _rounded(image: torch.Tensor) -> torch.Tensor:
    """Round as Pillow and SciPy do: a half up, not to the even neighbour."""
    return (image + 0.5).floor()


def _colours(values: Sequence[float], like: torch.Tensor) -> torch.Tensor:
    return torch.tensor(values, dtype=like.dtype, device=like.device).view(-1, 1, 1)
