"""Takes the trembling out of keypoints, by how fast they move."""

from __future__ import annotations

import math

import numpy as np

from skelconv import Clip
from skelconv_transforms.arrays import Array, narrowed, present, widened


def one_euro(
    clip: Clip, *, fps: float, min_cutoff: float, beta: float, derivative_cutoff: float
) -> Clip:
    """Smooth each coordinate the less, the faster it moves.

    The 1€ filter of Casiez, Roussel and Vogel, "1€ Filter: A Simple Speed-based Low-pass Filter
    for Noisy Input in Interactive Systems", CHI 2012 (doi:10.1145/2207676.2208639), algorithm 1:
    the speed is taken against the filtered value of the frame before. It looks back only, and
    begins anew where a keypoint was missing.

    Parameters
    ----------
    fps : float
        Frames a second.
    min_cutoff : float
        Cut-off frequency at rest, in Hz: lower trembles less.
    beta : float
        By how many Hz a speed of one coordinate unit (pixel, metre) a second raises it: higher
        lags less.
    derivative_cutoff : float
        Cut-off frequency of the speed, in Hz.
    """
    wide = widened(clip.keypoint)
    there = present(clip)[..., np.newaxis]
    keypoint = wide.copy()
    speed = np.zeros_like(wide, shape=(wide.shape[0], *wide.shape[2:]))
    for frame in range(1, clip.total_frames):
        before, now = keypoint[:, frame - 1], wide[:, frame]
        goes_on = there[:, frame] & there[:, frame - 1]
        step = np.where(goes_on, now - before, 0) * fps
        speed = np.where(goes_on, speed + _alpha(derivative_cutoff, fps) * (step - speed), 0)
        pull = _alpha(min_cutoff + beta * np.abs(speed), fps)
        keypoint[:, frame] = np.where(goes_on, before + pull * (now - before), now)
    return clip.replace(keypoint=narrowed(keypoint, clip.keypoint.dtype))


def _alpha(cutoff: Array | float, fps: float) -> Array:
    """Weight of the newest value in a low-pass filter of first order."""
    return np.asarray(1 / (1 + fps / (2 * math.pi * cutoff)))
