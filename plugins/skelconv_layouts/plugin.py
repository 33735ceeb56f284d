"""What this package offers to skelconv."""

from __future__ import annotations

from collections.abc import Iterator

from skelconv import Layout
from skelconv.plugin import hookimpl


@hookimpl
def skelconv_layouts() -> Iterator[Layout]:
    """Offer the layouts."""
    from skelconv_layouts.bodies import BLAZEPOSE33, H36M17, SMPL24
    from skelconv_layouts.coco import COCO17, COCO_WHOLEBODY133, HALPE26
    from skelconv_layouts.hands import HAND21
    from skelconv_layouts.openpose import OPENPOSE18, OPENPOSE25, OPENPOSE67, OPENPOSE137

    yield from (COCO17, HALPE26, COCO_WHOLEBODY133, OPENPOSE18, OPENPOSE25)
    yield from (OPENPOSE67, OPENPOSE137)
    yield from (H36M17, SMPL24, BLAZEPOSE33, HAND21)
