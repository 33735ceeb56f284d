"""The layout of a clip's keypoints."""

from __future__ import annotations

from skelconv import Clip, ClipError, Layout, PluginError
from skelconv.plugin import layout_named


def layout_of(clip: Clip) -> Layout:
    """Return the layout of a clip.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    Layout
        Its layout.

    Raises
    ------
    ClipError
        When no plugin offers it, or it has another number of keypoints.
    """
    try:
        layout = layout_named(clip.layout)
    except PluginError as error:
        raise ClipError(error.what) from error
    joints = clip.keypoint.shape[2]
    if joints != len(layout.joints):
        raise ClipError(f"it has {joints} keypoints, its layout {layout.name} {len(layout.joints)}")
    return layout
