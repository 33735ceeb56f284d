"""What a stage looks like in a recipe: a mapping of ``use`` and ``with``, or a bare name.

Stages are the source, the sink and the items of two lists, and may be at any depth of another's
options, such as the detector of a source of videos.
"""

from __future__ import annotations

from dataclasses import replace

from skelconv.recipe.nodes import Node

STAGES = ("source", "sink")
STAGE_LISTS = ("transforms", "splits")


def is_stage(node: Node | None) -> bool:
    """Return whether a node is a mapping that can only be a stage.

    Parameters
    ----------
    node : Node, optional
        A value within a stage.

    Returns
    -------
    bool
        Whether it has ``use`` or ``with`` and nothing else.
    """
    return (
        node is not None
        and isinstance(node.value, dict)
        and bool(node.value)
        and {"use", "with"} >= node.value.keys()
    )


def as_stage(node: Node) -> Node:
    """Write a stage that is a bare name as a mapping with ``use``.

    Parameters
    ----------
    node : Node
        The value in the place of a stage.

    Returns
    -------
    Node
        The mapping; what is not text stays as it is.
    """
    return replace(node, value={"use": node}) if isinstance(node.value, str) else node


def merged_stage(parent: Node, child: Node) -> tuple[Node, Node] | None:
    """Return two values within stages as they merge.

    Parameters
    ----------
    parent, child : Node
        The values; either may be anything.

    Returns
    -------
    (Node, Node) or None
        Both with bare names written as mappings, if one of them is a stage; None where the child
        names another plugin, and so replaces the parent with its options.
    """
    if is_stage(parent) or is_stage(child):
        parent, child = as_stage(parent), as_stage(child)
        named, before = child.child("use"), parent.child("use")
        if named is not None and named.value != (before and before.value):
            return None
    return parent, child
