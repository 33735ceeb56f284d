"""Mapping clips from one layout to another."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Literal

import numpy as np

from skelconv import Array, Clip, ClipError, Field, Layout
from skelconv.plugin import layout_named
from skelconv_transforms.arrays import Mask, narrowed, widened
from skelconv_transforms.counterparts import counterpart
from skelconv_transforms.layouts import layout_of


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where each joint of a layout comes from.

    Attributes
    ----------
    same : dict of int to int
        Joints that are one joint there.
    means : dict of int to dict of int to float
        Joints that are a weighted mean there.
    lacking : tuple of str
        Joints without a counterpart.
    """

    same: dict[int, int]
    means: dict[int, dict[int, float]]
    lacking: tuple[str, ...]


def map_layout(clip: Clip, *, to: str, missing: Literal["refuse", "zero"]) -> Clip:
    """Map a clip to another layout by joint names and the rules of `counterparts`.

    A joint that both layouts have keeps its exact values. A mean of joints is missing (zeros)
    where one of them is, and its score is their smallest.

    Left stays left, as the source calls it. In NTU RGB+D that is Kinect's left, and its images are
    mirrored: what a model of COCO's keypoints finds in them as left is Kinect's right. So clips of
    Kinect (``ntu25``) and of such a model are mirror images in their names, whatever the layout.

    Parameters
    ----------
    clip : Clip
        The clip.
    to : str
        The name of the layout to map to.
    missing : {"refuse", "zero"}
        What to do about joints that have no counterpart: they are an error, or zeros with a score
        of 0.

    Returns
    -------
    Clip
        The clip in the other layout.

    Raises
    ------
    ClipError
        When joints without a counterpart are refused, when the clip's own layout is unknown, or
        when a mean is needed and the clip has fields for each keypoint, of which there is no mean.
    """
    source, target = layout_of(clip), layout_named(to)
    check_mapping(source, target, missing=missing)
    plan = _plan(source, target)
    following = [name for name, extra in clip.fields.items() if "V" in extra.axes]
    if plan.means and following:
        raise ClipError(
            f"fields for each keypoint cannot follow it to {to}: {', '.join(following)}"
        )
    number = len(target.joints)
    score = clip.keypoint_score
    return clip.replace(
        layout=to,
        keypoint=_mapped_keypoint(clip.keypoint, clip.present(), plan, number),
        keypoint_score=None if score is None else _mapped_score(score, plan, number),
        fields={
            name: Field(_picked(extra.values, extra.axes, plan, number), extra.axes)
            for name, extra in clip.fields.items()
        },
    )


def check_mapping(source: Layout, to: Layout, *, missing: Literal["refuse", "zero"]) -> None:
    """Check that clips of one layout can be mapped to another.

    Parameters
    ----------
    source, to : Layout
        The layouts.
    missing : {"refuse", "zero"}
        As of `map_layout`.

    Raises
    ------
    ClipError
        When joints without a counterpart are refused, and there are some.
    """
    lacking = _plan(source, to).lacking
    if lacking and missing == "refuse":
        raise ClipError(
            f"{source.name} has nothing for {', '.join(lacking)} of {to.name} "
            "(missing: zero leaves them empty)"
        )


@functools.cache
def _plan(source: Layout, to: Layout) -> _Plan:
    positions = {joint: position for position, joint in enumerate(source.joints)}
    found = [counterpart(joint, positions) for joint in to.joints]
    return _Plan(
        same={new: next(iter(old)) for new, old in enumerate(found) if old and len(old) == 1},
        means={new: old for new, old in enumerate(found) if old and len(old) > 1},
        lacking=tuple(joint for joint, old in zip(to.joints, found, strict=True) if not old),
    )


def _picked(values: Array, axes: str, plan: _Plan, number: int) -> Array:
    """Return the joints that are one joint there, and zeros for the others."""
    if "V" not in axes:
        return values
    axis = axes.index("V")
    result = values.take([plan.same.get(new, 0) for new in range(number)], axis)
    np.moveaxis(result, axis, 0)[[new not in plan.same for new in range(number)]] = 0
    return result


def _mapped_keypoint(keypoint: Array, there: Mask, plan: _Plan, number: int) -> Array:
    result = _picked(keypoint, "MTVC", plan, number)
    wide = np.where(there[..., np.newaxis], widened(keypoint), 0)
    for new, weights in plan.means.items():
        old = list(weights)
        mean = np.zeros_like(wide[:, :, 0])
        for one, weight in weights.items():
            mean += wide[:, :, one] * weight
        mean[~there[:, :, old].all(-1)] = 0
        result[:, :, new] = narrowed(mean, keypoint.dtype)
    return result


def _mapped_score(score: Array, plan: _Plan, number: int) -> Array:
    result = _picked(score, "MTV", plan, number)
    for new, weights in plan.means.items():
        result[:, :, new] = score[:, :, list(weights)].min(-1)
    return result
