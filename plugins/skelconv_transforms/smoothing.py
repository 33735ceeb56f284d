"""Smoothing with polynomials."""

from __future__ import annotations

from scipy.signal import savgol_filter

from skelconv import Clip
from skelconv_transforms.arrays import narrowed, patterns, present, runs, widened


def smooth(clip: Clip, *, window: int, degree: int) -> Clip:
    """Smooth each coordinate by fitting polynomials.

    The filter of Savitzky and Golay (1964), as SciPy has it (`savgol_filter`, with a polynomial
    at the ends too). A keypoint is smoothed within each run of frames that it is in, so that
    missing ones have no effect; runs shorter than the window are kept as they are.

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
    wide = widened(clip.keypoint)
    keypoint = wide.copy()
    for person, joints, frames in patterns(present(clip)):
        for start, end in runs(frames):
            if end - start >= window:
                run = wide[person][start:end, joints]
                keypoint[person][start:end, joints] = savgol_filter(run, window, degree, axis=0)
    return clip.replace(keypoint=narrowed(keypoint, clip.keypoint.dtype))
