"""Frames and people as the models take them, and the best of boxes that overlap."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from skelconv.vision import in_bgr

# What is beside the frame in the models' input: a grey.
_GREY = 114
# How far two boxes may overlap, as a share of their union.
_OVERLAP = 0.45


def fitted(
    frame: npt.NDArray[np.uint8], size: tuple[int, int]
) -> tuple[npt.NDArray[np.float32], float]:
    """Return a frame as large as fits into a model's input, in its upper left corner, in BGR.

    Parameters
    ----------
    frame : ndarray of shape (H, W, 3)
        The frame, RGB.
    size : (int, int)
        Height and width of the input.

    Returns
    -------
    image : ndarray of shape (1, 3, height, width)
        The input, float32, from 0 to 255.
    ratio : float
        By how much the frame was scaled.
    """
    height, width = frame.shape[:2]
    ratio = min(size[0] / height, size[1] / width)
    # A side of less than a pixel, of a frame that is a thin line, is one.
    inner = max(1, int(height * ratio)), max(1, int(width * ratio))
    image = np.full((*size, 3), _GREY, np.uint8)
    # Colours are resized alike, and here there are fewer pixels to be changed.
    image[: inner[0], : inner[1]] = in_bgr(
        cv2.resize(frame, (inner[1], inner[0]), interpolation=cv2.INTER_LINEAR)
    )
    return image.transpose(2, 0, 1)[np.newaxis].astype(np.float32), ratio


def best_of(boxes: npt.NDArray[np.float32], scores: npt.NDArray[np.float32]) -> list[int]:
    """Choose among boxes: the best, then the best of those that do not overlap it, and so on.

    Parameters
    ----------
    boxes : ndarray of shape (N, 4)
        Left, top, right and bottom, in pixels of the frame.
    scores : ndarray of shape (N,)
        Their scores.

    Returns
    -------
    list of int
        The rows of those that stay, the highest score first.
    """
    # A box from pixel 3 to pixel 5 is three pixels wide.
    areas = np.prod(boxes[:, 2:] - boxes[:, :2] + 1, axis=1)
    left = np.argsort(-scores, kind="stable")
    kept = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(int(best))
        inner = np.minimum(boxes[best, 2:], boxes[left, 2:])
        inner = inner - np.maximum(boxes[best, :2], boxes[left, :2]) + 1
        common = np.prod(np.maximum(inner, 0), axis=1)
        left = left[common / (areas[best] + areas[left] - common) <= _OVERLAP]
    return kept
