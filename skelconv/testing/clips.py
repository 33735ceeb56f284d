"""Checks of single clips."""

from __future__ import annotations

import numpy as np

from skelconv.data.clip import Clip
from skelconv.data.errors import PluginError
from skelconv.plugin.loading import layout_named


def assert_same_clip(one: Clip, other: Clip) -> None:
    """Check that two clips are equal to the bit, dtypes and fields too.

    Parameters
    ----------
    one, other : Clip
        The clips. NaN equals NaN.

    Raises
    ------
    AssertionError
        When they differ; it says in what.
    """
    for name in ("id", "layout", "label", "img_shape", "original_shape"):
        first, second = getattr(one, name), getattr(other, name)
        assert first == second, f"{one.id}: {name} is {first!r} and {second!r}"
    arrays = {"keypoint": (one.keypoint, other.keypoint)}
    both = (one.keypoint_score is None) == (other.keypoint_score is None)
    assert both, f"{one.id}: only one of them has keypoint_score"
    if one.keypoint_score is not None and other.keypoint_score is not None:
        arrays["keypoint_score"] = (one.keypoint_score, other.keypoint_score)
    assert one.fields.keys() == other.fields.keys(), f"{one.id}: fields differ"
    for name, extra in one.fields.items():
        assert extra.axes == other.fields[name].axes, f"{one.id}: axes of {name} differ"
        arrays[name] = (extra.values, other.fields[name].values)
    for name, (first, second) in arrays.items():
        assert first.dtype == second.dtype, f"{one.id}: dtypes of {name} differ"
        np.testing.assert_array_equal(first, second, err_msg=f"{one.id}: {name}")
    assert one == other, f"{one.id}: the bits of an array differ"


def check_joints(clip: Clip) -> None:
    """Check that a clip has the joints of its layout.

    Parameters
    ----------
    clip : Clip
        The clip.

    Raises
    ------
    AssertionError
        When it has more or fewer, or no plugin offers the layout.
    """
    joints = clip.keypoint.shape[2]
    expected = joints_of(clip.layout)
    assert joints == expected, f"{clip.id}: {joints} joints, and {clip.layout} has {expected}"


def joints_of(layout: str) -> int:
    """Return the number of joints of a layout.

    Parameters
    ----------
    layout : str
        Its name.

    Returns
    -------
    int
        V.

    Raises
    ------
    AssertionError
        When no plugin offers it.
    """
    try:
        return len(layout_named(layout).joints)
    except PluginError as error:
        raise AssertionError(f"its layout is not known: {error.what}") from error
