"""The transform ``ntu-bodies``: from all body tracks to those that a known project keeps."""

from __future__ import annotations

from importlib import import_module

from skelconv import Clip, ClipError


class NtuBodies:
    """Chooses the bodies of a sample.

    Parameters
    ----------
    profile : str
        A module of `skelconv_ntu.profiles`.
    """

    def __init__(self, profile: str) -> None:
        self._select_bodies = import_module(f"skelconv_ntu.profiles.{profile}").select_bodies

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
            or "slot" not in clip.fields
        ):
            raise ClipError("ntu-bodies needs all body tracks of a clip, as ntu-raw gives them")
        selected: Clip = self._select_bodies(clip)
        return selected
