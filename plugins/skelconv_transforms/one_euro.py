"""Smoothing with the 1€ filter."""

from __future__ import annotations

import math

import numpy as np

from skelconv import Array, Clip
from skelconv_transforms.arrays import coordinates, with_coordinates


def one_euro(
    clip: Clip, *, fps: float, min_cutoff: float, beta: float, derivative_cutoff: float
) -> Clip:
    """Smooth each coordinate, less where it moves faster.

    The 1€ filter of Casiez, Roussel and Vogel, "1€ Filter: A Simple Speed-based Low-pass Filter
    for Noisy Input in Interactive Systems", CHI 2012 (doi:10.1145/2207676.2208639), algorithm 1:
    the speed is relative to the filtered value of the frame before. It looks back only, and starts
    again where a keypoint was missing.

    Parameters
    ----------
    clip : Clip
        The clip.
    fps : float
        Frames a second.
    min_cutoff : float
        Cut-off frequency at rest, in Hz: a lower one has less jitter.
    beta : float
        By how many Hz a speed of one coordinate unit (pixel, metre) per second raises it: a
        higher one has less lag.
    derivative_cutoff : float
        Cut-off frequency of the speed, in Hz.

    Returns
    -------
    Clip
        The smoothed clip.
    """
    wide = coordinates(clip)
    there = clip.present()[..., np.newaxis]
    keypoint = wide.copy()
    speed = np.zeros_like(wide, shape=(wide.shape[0], *wide.shape[2:]))
    for frame in range(1, clip.total_frames):
        before, now = keypoint[:, frame - 1], wide[:, frame]
        goes_on = there[:, frame] & there[:, frame - 1]
        step = np.where(goes_on, now - before, 0) * fps
        speed = np.where(goes_on, speed + _alpha(derivative_cutoff, fps) * (step - speed), 0)
        pull = _alpha(min_cutoff + beta * np.abs(speed), fps)
        keypoint[:, frame] = np.where(goes_on, before + pull * (now - before), now)
    return with_coordinates(clip, keypoint)


def _alpha(cutoff: Array | float, fps: float) -> Array:
    """Weight of the newest value in a low-pass filter of first order."""
    return np.asarray(1 / (1 + fps / (2 * math.pi * cutoff)))
