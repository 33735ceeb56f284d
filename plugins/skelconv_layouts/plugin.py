"""What this package offers to skelconv."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import Layout
from skelconv.plugin import hookimpl


@hookimpl
def skelconv_layouts() -> Iterator[Layout]:
    """Offer the layouts."""
    from skelconv_layouts import bodies, coco, hands, images, kinect, mediapipe, openpose

    for family in (coco, openpose, images, hands, bodies, kinect, mediapipe):
        for value in vars(family).values():
            if isinstance(value, Layout):
                yield value
