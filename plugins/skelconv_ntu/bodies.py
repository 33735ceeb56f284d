"""The transform ``ntu-bodies``: from all body tracks to those that a known project keeps."""

from __future__ import annotations

from functools import partial
from importlib import import_module

import numpy as np

from skelconv import Clip, ClipError
from skelconv_ntu.packing import follow_fields


class NtuBodies:
    """Chooses the bodies of a sample.

    Parameters
    ----------
    profile : str
        A module of `skelconv_ntu.profiles`, with ``-`` for ``_``.
    repair : bool
        Whether to correct the project's faults; not for every profile.
    """

    def __init__(self, profile: str, *, repair: bool = False) -> None:
        module = import_module(f"skelconv_ntu.profiles.{profile.replace('-', '_')}")
        self._choose = partial(module.choose, repair=True) if repair else module.choose

    def __call__(self, clip: Clip) -> Clip:
        """Choose the bodies of one clip.

        Parameters
        ----------
        clip : Clip
            A clip of ``ntu-raw``.

        Returns
        -------
        Clip
            With the chosen bodies in the profile's dtype. Of the fields, those of bodies in frames
            follow them, as all extras of ``ntu-raw`` do, with zeros for nobody; ``slot`` and
            ``body_id``, which are of all tracks, are left out.

        Raises
        ------
        ClipError
            When the clip does not come from ``ntu-raw``, or the project's script stops on it.
        """
        if (
            clip.layout != "ntu25"
            or clip.keypoint.shape[2:] != (25, 3)
            or not {"slot", "body_id"} <= clip.fields.keys()
        ):
            raise ClipError("ntu-bodies needs all body tracks of a clip, as ntu-raw gives them")
        with np.errstate(over="ignore", invalid="ignore"):
            keypoint, cells = self._choose(clip)
        return clip.replace(keypoint=keypoint, fields=follow_fields(clip, cells))
