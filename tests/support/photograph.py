"""A moving picture of a real person: NASA's photograph of Eileen Collins, panned and zoomed."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import skimage.data
from skimage.transform import AffineTransform, warp

SIZE = 512
FRAMES = 24
FACE = slice(0, 11)  # BlazePose's first joints: nose, eyes, ears, mouth

Frame = npt.NDArray[np.uint8]
Points = npt.NDArray[np.float64]


@dataclass(frozen=True)
class View:
    """A square of the photograph's plane that fills a frame: left, top and side in its pixels.

    What is outside the photograph is black.
    """

    left: float
    top: float
    side: float

    @property
    def zoom(self) -> float:
        return SIZE / self.side

    def place(self, points: Points) -> Points:
        """Return where points of the photograph are in the frame."""
        return (points - (self.left, self.top)) * self.zoom

    def show(self, photograph: Frame) -> Frame:
        # Points are measured from a picture's corner, and `warp` measures from the middle of the
        # first pixel.
        shift = np.array((self.left, self.top)) + 0.5 / self.zoom - 0.5
        to_photograph = AffineTransform(scale=1 / self.zoom, translation=shift)
        shown = warp(photograph, to_photograph, output_shape=(SIZE, SIZE))
        return np.asarray((shown * 255).round(), np.uint8)


def astronaut() -> Frame:
    return np.asarray(skimage.data.astronaut(), np.uint8)


def views() -> list[View]:
    """Pan to the right, to the left and back, and down, while zooming in; nothing is cut off."""
    time = np.linspace(0, 1, FRAMES)
    side = 940 - 280 * time
    left = (SIZE - side) * (0.5 - 0.45 * np.sin(2 * np.pi * time))
    top = (SIZE - side) * (0.9 - 0.8 * time)
    return [View(*view) for view in np.column_stack((left, top, side)).tolist()]
