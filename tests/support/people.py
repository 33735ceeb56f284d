"""Boxes of people in the five frames, 160 x 120, of `skelconv.testing.moving_shapes`."""

import numpy as np

BOXES = [
    np.array([[10, 10, 60, 110], [70.5, 20.25, 130, 118]], np.float32),
    np.zeros((0, 4), np.float32),
    np.array([[30, 5, 90, 119]], np.float32),
    np.array([[0, 0, 160, 120], [-5, -7, 30, 60], [100, 50, 170, 130]], np.float32),
    np.array([[40, 40, 80, 100]], np.float32),
]
