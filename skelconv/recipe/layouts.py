"""Follows the layout of clips through the transforms of a recipe, before any clip is loaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from skelconv.data.errors import ClipError, PluginError, SkelconvError
from skelconv.plugin.descriptors import TransformPlugin
from skelconv.plugin.guard import call
from skelconv.plugin.loading import load_registry
from skelconv.plugin.use import UseSource, UseTransform


@dataclass(frozen=True, slots=True)
class Misfit:
    """A transform that cannot work on any clip.

    Attributes
    ----------
    index : int
        Its place among the transforms, from 0.
    what : str
        Why.
    """

    index: int
    what: str


def unknown_layout(source: UseSource, layout: str | None) -> str | None:
    """Say that a source's clips would have a layout that nobody offers.

    Parameters
    ----------
    source : UseSource
        The source.
    layout : str or None
        The layout that it says its clips have; None where it does not know.

    Returns
    -------
    str or None
        Why none of its clips could be used; None where the layout is known, or not said.
    """
    try:
        if layout is not None:
            load_registry().layout(layout)
    except PluginError as error:
        return f"{source.who} gives clips of a layout that is not there: {error.what}"
    return None


def misfit(layout: str | None, transforms: Sequence[UseTransform]) -> Misfit | None:
    """Find the first transform that cannot work on the layout of the clips that it is given.

    Parameters
    ----------
    layout : str or None
        The layout that the source gives; None where it is not known.
    transforms : sequence of UseTransform
        The transforms.

    Returns
    -------
    Misfit or None
        The transform; None where there is none, or the layout is not known.
    """
    if layout is None:
        return None
    for index, use in enumerate(transforms):
        descriptor = use.descriptor
        if not isinstance(descriptor, TransformPlugin) or descriptor.layout_after is None:
            continue
        try:
            layout = call(
                use.who,
                descriptor.layout_after,
                use.options,
                layout,
                gives=str,
                passing=(ClipError,),
            )
        except ClipError as error:
            return Misfit(index, f"{use.who} cannot work: {error.reason}")
        except SkelconvError as error:
            return Misfit(index, f"{use.who} cannot work: {error.what}")
    return None
