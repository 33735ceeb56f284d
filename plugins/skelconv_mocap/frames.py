"""Which frames of a recording are kept, and the clip that they make."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from skelconv import Array, Clip, ClipError, Field

# Rates are rounded in files: 1 / 0.0083333 is 120.
_MAX_DENOMINATOR = 1000


@dataclass(frozen=True)
class Pace:
    """What the user says of frames.

    Attributes
    ----------
    every : int
        Every n-th frame is kept.
    fps : float, optional
        Or so many frames for each second.
    """

    every: int = 1
    fps: float | None = None

    def kept(self, total: int, rate: float | None) -> Array:
        """Return which frames are kept.

        Parameters
        ----------
        total : int
            The number of frames in the file.
        rate : float, optional
            Frames for each second, where the file says it.

        Returns
        -------
        ndarray of int
            Their positions, ascending.

        Raises
        ------
        ClipError
            When the file has no frame, or too few for each second.
        """
        if not total:
            raise ClipError("it has no frames")
        if self.fps is None:
            return np.arange(0, total, self.every)
        if rate is None:
            raise ClipError("it does not say how many frames a second has (option fps)")
        ratio = Fraction(rate / self.fps).limit_denominator(_MAX_DENOMINATOR)
        if ratio < 1:
            raise ClipError(
                f"it has {rate:.6g} frames for each second, fewer than {self.fps:g} (option fps)"
            )
        count = (total - 1) * ratio.denominator // ratio.numerator + 1
        whole, rest = np.divmod(np.arange(count) * ratio.numerator, ratio.denominator)
        return np.asarray(whole + (2 * rest > ratio.denominator))

    def clip(self, keypoint: Array, layout: str, rate: float | None) -> Clip:
        """Make the clip of frames that were kept.

        Parameters
        ----------
        keypoint : ndarray of float32, shape (M, T, V, 3)
            In metres; zeros where a keypoint is missing.
        layout : str
            The joints.
        rate : float, optional
            Frames for each second in the file.

        Returns
        -------
        Clip
            Without an id; the rate of its frames is the field ``fps``.
        """
        fps = self.fps or (rate / self.every if rate else None)
        fields = {} if fps is None else {"fps": Field(np.array(fps), "")}
        return Clip("", keypoint, layout, fields=fields)


def sound_rate(rate: float) -> float | None:
    """Return a rate that a file has, where it can be one.

    Parameters
    ----------
    rate : float
        Frames for each second.

    Returns
    -------
    float or None
        The rate; None where it is not above 0, or is not a number.
    """
    return rate if 0 < rate < 1e6 else None
