"""Smoothing with polynomials."""

from __future__ import annotations

import functools
from fractions import Fraction

import numpy as np

from skelconv import Array, Clip
from skelconv_transforms.arrays import coordinates, patterns, runs, with_coordinates


def smooth(clip: Clip, *, window: int, degree: int) -> Clip:
    """Smooth each coordinate by fitting polynomials.

    The filter of Savitzky and Golay (1964): each frame gets the value there of the polynomial that
    fits the window around it best, in the sense of least squares; near an end, that of the first or
    the last window. SciPy's ``savgol_filter`` gives the same but for the last bits, which there are
    the processor's. A keypoint is smoothed within each run of frames that it is in, so that missing
    ones have no effect; runs shorter than the window are kept as they are.

    Parameters
    ----------
    clip : Clip
        The clip.
    window : int
        Frames of a fit; odd.
    degree : int
        Of the polynomials; less than `window`.

    Returns
    -------
    Clip
        The smoothed clip.
    """
    keypoint = coordinates(clip)
    weights = _weights(window, degree)
    for person, joints, frames in patterns(clip.present()):
        for start, end in runs(frames):
            if end - start >= window:
                run = keypoint[person][start:end, joints]
                keypoint[person][start:end, joints] = _fitted(run, weights)
    return with_coordinates(clip, keypoint)


def _fitted(run: Array, weights: Array) -> Array:
    """Return the fits to the values (n, ...) of a run, at least as long as the window."""
    window, half = len(weights), len(weights) // 2
    last = len(run) - window
    fits = np.zeros_like(run)
    beginning, middle, ending = fits[:half], fits[half : half + last + 1], fits[half + last + 1 :]
    # Added up in this order on every processor, which a product of matrices is not.
    for place in range(window):
        of_place = weights[:, place].reshape(-1, *[1] * (run.ndim - 1))
        beginning += of_place[:half] * run[place]
        middle += of_place[half] * run[place : place + last + 1]
        ending += of_place[half + 1 :] * run[place + last]
    return fits


@functools.cache
def _weights(window: int, degree: int) -> Array:
    """Return the weights (window, window) of a window's values in the fit at each of its places.

    By polynomials that are orthogonal over the places, whose values are whole numbers and
    fractions, and so exact until they are scaled to floats of 1 at most.
    """
    places = [Fraction(place) for place in range(-(window // 2), window // 2 + 1)]
    weights = np.zeros((window, window))
    before, values = [Fraction(0)] * window, [Fraction(1)] * window
    square_before = Fraction(1)
    for _ in range(degree + 1):
        square = sum((value * value for value in values), Fraction(0))
        largest = max(map(abs, values))
        scaled = np.array([float(value / largest) for value in values])
        weights += scaled[:, np.newaxis] * scaled / float(square / largest**2)
        step = square / square_before
        following = zip(places, values, before, strict=True)
        values, before = [place * one - step * other for place, one, other in following], values
        square_before = square
    return weights
