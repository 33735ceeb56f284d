"""MediaPipe's landmarkers: opened from a bundle, one image at a time, and quiet."""

from __future__ import annotations

import os
import sys
import warnings
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from skelconv import PluginError
from skelconv.plugin import as_plugin_error
from skelconv.text import pip_install
from skelconv.vision import open_file

if TYPE_CHECKING:
    from skelconv_mediapipe.options import BundleOptions

_MAX_BYTES = 2**29


class Landmarker:
    """One of the landmarkers of MediaPipe's Tasks API, which takes each frame as a still image.

    In its mode for videos MediaPipe looks where people were in the frame before and smooths the
    joints over time; a frame's joints would then depend on earlier frames. Smoothing is a
    transform's task. It runs on the CPU, and gives the same bits each time.

    Only one thread at a time may use an object.

    Parameters
    ----------
    options : BundleOptions
        The bundle of models.
    make : callable
        Takes MediaPipe's module of vision and the ``BaseOptions``, and makes the landmarker.
    forgets : bool
        Whether its mode for images depends on this image alone. Otherwise a new one is made for
        each image, which takes some tenths of a second.

    Raises
    ------
    SkelconvError
        When MediaPipe cannot be used, or the bundle cannot be fetched or is none.
    """

    def __init__(
        self, options: BundleOptions, make: Callable[[Any, Any], Any], *, forgets: bool = True
    ) -> None:
        hint = "MediaPipe 1 has it: " + pip_install("skelconv[mediapipe]")
        with as_plugin_error("MediaPipe's Tasks API cannot be used", hint=hint), _quiet():
            import mediapipe
            from mediapipe.tasks.python import BaseOptions, vision

            self._image = mediapipe.Image
            self._form = mediapipe.ImageFormat.SRGB

        def _open(path: Path) -> Any:
            # The bytes, so that they are what was checked.
            base = BaseOptions(model_asset_buffer=_content(path, options.model))
            self._make = partial(make, vision, base)
            with as_plugin_error("it is not a bundle for this model", options.model), _quiet():
                return self._make()

        self._forgets = forgets
        self._task = open_file(*options.bundle(), _open)
        self.close = weakref.finalize(self, _close, self._task)
        # A bundle whose parts do not fit each other fails at the first image.
        with as_plugin_error("it cannot be run", options.model):
            self(np.zeros((64, 64, 3), np.uint8))

    def __call__(self, frame: npt.NDArray[np.uint8]) -> Any:
        """Find what there is to find in one frame.

        Parameters
        ----------
        frame : ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        PoseLandmarkerResult or HolisticLandmarkerResult
            Landmarks in fractions of the frame.
        """
        image = self._image(image_format=self._form, data=np.ascontiguousarray(frame))
        if self._forgets:
            with _quiet():
                return self._task.detect(image)
        with _quiet():
            task = self._make()
        try:
            with _quiet():
                return task.detect(image)
        finally:
            _close(task)


def in_pixels(
    people: list[list[Any]], shape: tuple[int, ...], joints: int
) -> npt.NDArray[np.float32]:
    """Return the landmarks of people as an array.

    Parameters
    ----------
    people : list of list
        The landmarks of each person.
    shape : tuple of int
        That of the frame: height, width and what follows.
    joints : int
        The number of landmarks, V.

    Returns
    -------
    ndarray of shape (N, V, 3)
        x and y in pixels, and the visibility: how sure the model is that the landmark is in the
        frame and not hidden. It is 1 for a model that does not tell.
    """
    table = np.array(
        [
            [(at.x, at.y, 1 if at.visibility is None else at.visibility) for at in person]
            for person in people
        ],
        np.float32,
    ).reshape(-1, joints, 3)
    table[..., :2] *= np.array((shape[1], shape[0]), np.float32)
    return table


def _content(path: Path, name: str) -> bytes:
    if not path.is_file():
        raise PluginError(
            "there is no such file", where=name, hint="the description of `model` has the names"
        )
    if (size := path.stat().st_size) > _MAX_BYTES:
        raise PluginError(f"it has {size} bytes: it is no bundle of MediaPipe's", where=name)
    with as_plugin_error("it cannot be read", name):
        return path.read_bytes()


def _close(task: Any) -> None:
    # It fails where the graph has failed, and at the end of the process, when its thread has ended.
    with _quiet(), suppress(Exception):
        task.close()
    # It would try again when it is deleted, and print that it cannot.
    task._handle = None


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide MediaPipe's output.

    Its libraries write to the file descriptor of stderr, also while they run, and have no setting
    to stop it. They raise their errors.
    """
    sys.stderr.flush()
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
