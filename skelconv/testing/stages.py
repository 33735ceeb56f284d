"""Checks of sources, transforms and splits."""

from __future__ import annotations

import pickle
from collections.abc import Sequence

from skelconv.data.clip import Clip
from skelconv.plugin.interfaces.sources import Inventory, Item, Source
from skelconv.plugin.interfaces.splits import Split
from skelconv.plugin.interfaces.transforms import DividingTransform, Transform, Unmade
from skelconv.plugin.made import is_made_of
from skelconv.testing.clips import assert_same_clip, check_joints


def check_source(source: Source, limit: int = 20) -> list[Clip]:
    """Check a source: its inventory, and its first clips.

    Parameters
    ----------
    source : Source
        The source, with items.
    limit : int
        How many clips to load, at most.

    Returns
    -------
    list of Clip
        The clips, for further checks.
    """
    assert isinstance(source, Source), "it has no methods inventory and load"
    inventory = source.inventory()
    assert isinstance(inventory, Inventory), (
        f"inventory gave a {type(inventory).__name__}, not an Inventory"
    )
    ids = [item.id for item in inventory.items]
    assert ids, "the inventory has no items to check"
    assert len(set(ids)) == len(ids), "an id is in the inventory twice"
    assert ids == [item.id for item in source.inventory().items], "the order differs between runs"
    labels = inventory.labels
    assert labels is None or len(labels) == len(ids), "its labels are not one for each item"
    clips = []
    for place, item in enumerate(inventory.items[:limit]):
        assert pickle.loads(pickle.dumps(item)) == item, f"{item.id}: its ref is not plain data"  # noqa: S301
        clip = source.load(item)
        assert isinstance(clip, Clip), f"{item.id}: load gave a {type(clip).__name__}, not a Clip"
        assert clip.id == item.id, f"{item.id}: the clip has the id {clip.id!r}"
        check_joints(clip)
        assert labels is None or labels[place] == clip.label, (
            f"{item.id}: the clip has the label {clip.label}, and in the inventory {labels[place]}"
        )
        assert_same_clip(clip, source.load(item))
        clips.append(clip)
    return clips


def check_transform(transform: Transform, clip: Clip) -> Clip:
    """Check that a transform gives a clip of the same id and leaves the given one unchanged.

    One that changes the label must have a method ``classes``.

    Parameters
    ----------
    transform : Transform
        The transform.
    clip : Clip
        A clip that it does not drop.

    Returns
    -------
    Clip
        The result, for further checks.
    """
    before = pickle.dumps(clip)
    result = transform(clip)
    assert isinstance(result, Clip), f"it gave a {type(result).__name__}, not a Clip"
    assert pickle.dumps(clip) == before, "it changed the clip that it was given"
    assert result.id == clip.id, f"it changed the id to {result.id!r}"
    assert result.label == clip.label or hasattr(transform, "classes"), (
        f"it changed the label to {result.label}, and has no method classes(known) that says what "
        "the classes are then"
    )
    assert_same_clip(result, transform(clip))
    return result


def check_dividing(transform: DividingTransform, clip: Clip) -> list[Clip | Unmade]:
    """Check that a transform that gives many clips for one calls them as it must.

    Each id must be that of the clip with ``@`` or ``#`` and more behind it, all must be different,
    and the given clip must stay unchanged. One that changes the label must have a method
    ``classes``.

    Parameters
    ----------
    transform : DividingTransform
        The transform.
    clip : Clip
        A clip that it does not drop.

    Returns
    -------
    list of Clip or Unmade
        What it gives, for further checks.
    """
    assert isinstance(transform, DividingTransform), "it has no method divide"
    before = pickle.dumps(clip)
    pieces = list(transform.divide(clip))
    assert pickle.dumps(clip) == before, "it changed the clip that it was given"
    known: set[str] = set()
    for piece, again in zip(pieces, transform.divide(clip), strict=True):
        assert isinstance(piece, Clip | Unmade), (
            f"it gave a {type(piece).__name__}, not a Clip or Unmade"
        )
        assert is_made_of(piece.id, clip.id), (
            f"it called a clip {piece.id!r}, which must be {clip.id!r} with '@' or '#' and more "
            "behind it"
        )
        assert piece.id not in known, f"it gave the clip {piece.id!r} twice"
        known.add(piece.id)
        if isinstance(piece, Clip):
            assert isinstance(again, Clip), f"{piece.id}: it gives it only the first time"
            assert_same_clip(piece, again)
            assert piece.label == clip.label or hasattr(transform, "classes"), (
                f"it changed the label to {piece.label}, and has no method classes(known) that "
                "says what the classes are then"
            )
    for clip_id in getattr(transform, "listed", tuple)():
        assert isinstance(clip_id, str), f"it lists {clip_id!r}, which is not text"
    return pieces


def check_split(split: Split, ids: Sequence[str]) -> None:
    """Check that the names of a split are unique, and that it assigns clips only to these.

    Parameters
    ----------
    split : Split
        The split.
    ids : sequence of str
        Ids of clips.
    """
    assert isinstance(split, Split), "it has no names, or no method assign"
    if hasattr(split, "survey"):
        split.survey(Inventory([Item(clip_id) for clip_id in ids]))
    known = list(split.names)
    assert all(isinstance(name, str) for name in known), f"its names are not all text: {known}"
    assert len(set(known)) == len(known), f"its names are not unique: {known}"
    for clip_id in getattr(split, "listed", tuple)():
        assert isinstance(clip_id, str), f"it lists {clip_id!r}, which is not text"
    for clip_id in ids:
        names = list(split.assign(clip_id))
        assert len(set(names)) == len(names), f"{clip_id}: a part is named twice"
        assert set(names) <= set(known), f"{clip_id}: {names} are not all in its names"
        assert names == list(split.assign(clip_id)), f"{clip_id}: its parts differ each time"
