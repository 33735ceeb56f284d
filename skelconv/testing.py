"""Checks that plugin authors run on their own plugins, in their own tests.

Each raises AssertionError with what the contract in `skelconv.stages` asks for::

    from skelconv.testing import check_descriptor, check_source

    def test_source():
        check_source(AcmeSource(AcmeOptions(root="tests/data")))
"""

from __future__ import annotations

import pickle
from collections.abc import Sequence

import numpy as np

from skelconv.clip import Clip
from skelconv.hookspecs import Descriptor
from skelconv.stages import Sink, Source, Split, Transform


def check_descriptor(descriptor: Descriptor) -> None:
    """Check that a descriptor is complete: a summary, described options, a valid example."""
    assert descriptor.summary and "\n" not in descriptor.summary, "summary is not one line"
    for name, option in descriptor.options.model_fields.items():
        assert option.description, f"option {name!r} has no description"
    descriptor.options.model_validate(descriptor.example)


def check_source(source: Source, most: int = 20) -> list[Clip]:
    """Check a source on its inventory and the first clips of it.

    Parameters
    ----------
    source : Source
        The source, with items.
    most : int
        How many clips to load.

    Returns
    -------
    list of Clip
        The clips, to check further.
    """
    inventory = source.inventory()
    ids = [item.id for item in inventory.items]
    assert ids, "the inventory has no items to check"
    assert len(set(ids)) == len(ids), "an id stands twice in the inventory"
    assert ids == [item.id for item in source.inventory().items], "the order differs between runs"
    clips = []
    for item in inventory.items[:most]:
        assert pickle.loads(pickle.dumps(item)) == item, f"{item.id}: its ref is no plain data"  # noqa: S301
        clip = source.load(item)
        assert clip.frame_dir == item.id, f"{item.id}: the clip is called {clip.frame_dir!r}"
        assert_same_clip(clip, source.load(item))
        clips.append(clip)
    return clips


def check_transform(transform: Transform, clip: Clip) -> Clip:
    """Check that a transform gives a clip of the same name and leaves the one given as it was."""
    before = pickle.dumps(clip)
    result = transform(clip)
    assert isinstance(result, Clip), f"it gave a {type(result).__name__}"
    assert pickle.dumps(clip) == before, "it changed the clip that it was given"
    assert result.frame_dir == clip.frame_dir, "it renamed the clip"
    assert_same_clip(result, transform(clip))
    return result


def check_split(split: Split, frame_dirs: Sequence[str]) -> None:
    """Check that a split names only its own parts, and none twice for a clip."""
    for frame_dir in frame_dirs:
        names = list(split.assign(frame_dir))
        assert len(set(names)) == len(names), f"{frame_dir}: a part is named twice"
        assert set(names) <= set(split.names), f"{frame_dir}: {names} are not all in its names"


def check_sink(sink: Sink, clips: Sequence[Clip]) -> None:
    """Check that a sink encodes a clip to the same bytes each time."""
    for clip in clips:
        encoded = sink.encode(clip)
        assert isinstance(encoded, bytes), f"{clip.frame_dir}: encoded as {type(encoded).__name__}"
        assert encoded == sink.encode(clip), f"{clip.frame_dir}: encoded differently each time"


def assert_same_clip(one: Clip, other: Clip) -> None:
    """Check that two clips are equal to the bit, dtypes and fields too."""
    for name in ("frame_dir", "layout", "label", "img_shape", "original_shape"):
        first, second = getattr(one, name), getattr(other, name)
        assert first == second, f"{one.frame_dir}: {name} is {first!r} and {second!r}"
    arrays = {"keypoint": (one.keypoint, other.keypoint)}
    assert (one.keypoint_score is None) == (other.keypoint_score is None)
    if one.keypoint_score is not None and other.keypoint_score is not None:
        arrays["keypoint_score"] = (one.keypoint_score, other.keypoint_score)
    assert one.fields.keys() == other.fields.keys(), f"{one.frame_dir}: fields differ"
    for name, extra in one.fields.items():
        assert extra.axes == other.fields[name].axes, f"{one.frame_dir}: axes of {name} differ"
        arrays[name] = (extra.values, other.fields[name].values)
    for name, (first, second) in arrays.items():
        assert first.dtype == second.dtype, f"{one.frame_dir}: dtypes of {name} differ"
        np.testing.assert_array_equal(first, second, err_msg=f"{one.frame_dir}: {name}")
