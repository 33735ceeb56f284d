"""The transform ``ntu-bodies``: from all body tracks to those that a known project keeps."""

from __future__ import annotations

from functools import partial
from importlib import import_module

from skelconv import Clip, ClipError


class NtuBodies:
    """Chooses the bodies of a sample.

    Parameters
    ----------
    profile : str
        A module of `skelconv_ntu.profiles`, with ``-`` for ``_``.
    mend : bool
        Whether to mend what is a fault there; not every profile has something to mend.
    """

    def __init__(self, profile: str, *, mend: bool = False) -> None:
        module = import_module(f"skelconv_ntu.profiles.{profile.replace('-', '_')}")
        self._select_bodies = (
            partial(module.select_bodies, mend=True) if mend else module.select_bodies
        )

    def __call__(self, clip: Clip) -> Clip:
        """Choose the bodies of one clip.

        Raises
        ------
        ClipError
            When the clip does not come from ``ntu-raw``.
        """
        if (
            clip.layout != "ntu25"
            or clip.keypoint.shape[2:] != (25, 3)
            or not {"slot", "body_id"} <= clip.fields.keys()
        ):
            raise ClipError("ntu-bodies needs all body tracks of a clip, as ntu-raw gives them")
        selected: Clip = self._select_bodies(clip)
        return selected
