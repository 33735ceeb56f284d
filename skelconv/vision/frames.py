"""Frames in the form that other libraries take."""

from __future__ import annotations

from skelconv.data.clip import Array


def in_bgr(frame: Array) -> Array:
    """Return a frame with its colours in the order of OpenCV.

    Parameters
    ----------
    frame : ndarray of shape (H, W, 3)
        RGB, uint8.

    Returns
    -------
    ndarray of shape (H, W, 3)
        BGR, uint8; a copy.
    """
    import cv2

    return cv2.cvtColor(frame, cv2.COLOR_RGB2BGR)
