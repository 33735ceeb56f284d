"""Arrays for the front end: a JSON text, and numbers behind it."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from skelconv.data.clip import Array, Clip
from skelconv.plugin.loading import load_registry


def framed_clip(clip: Clip) -> bytes:
    """Return a clip for the front end.

    Parameters
    ----------
    clip : Clip
        The clip.

    Returns
    -------
    bytes
        See `skelconv.viewer.session.Session.clip`.
    """
    points = np.array(clip.keypoint, np.float32)
    scores = clip.keypoint_score
    points[~clip.present()] = np.nan
    head = {
        "id": clip.id,
        "shape": points.shape,
        "layout": _layout(clip.layout),
        "label": clip.label,
        "img_shape": clip.img_shape,
        "scores": scores is not None,
        "tracks": _tracks(clip),
    }
    arrays = [points] if scores is None else [points, np.asarray(scores, np.float32)]
    return framed(head, [array.astype("<f4").tobytes() for array in arrays])


def framed(head: Mapping[str, Any], parts: Sequence[bytes]) -> bytes:
    """Put a JSON text in front of numbers.

    Parameters
    ----------
    head : mapping
        JSON values.
    parts : sequence of bytes
        The numbers.

    Returns
    -------
    bytes
        The length of the text as 4 bytes, the text, and the numbers.
    """
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 4)  # numbers begin at a multiple of their size
    return b"".join([struct.pack("<I", len(text)), text, *parts])


def _layout(name: str) -> Mapping[str, Any]:
    layout = load_registry().layout(name)
    return {"joints": layout.joints, "limbs": layout.limbs, "pairs": layout.pairs}


def _tracks(clip: Clip) -> list[int] | None:
    field = clip.fields.get("track_id")
    if field is None or field.axes not in ("M", "MT") or not field.values.size:
        return None
    values: Array = field.values if field.axes == "M" else field.values[:, 0]
    return [int(value) for value in values]
