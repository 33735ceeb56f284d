import numpy as np
import pytest

from skelconv import Clip, ClipError, Field
from skelconv.testing import check_transform
from skelconv_ntu.bodies import NtuBodies


def clip(slot: list[list[int]], **changes) -> Clip:
    rng = np.random.default_rng(5)
    slots = np.array(slot, dtype=np.int16)
    keypoint = rng.normal(size=(*slots.shape, 25, 3)) * (slots >= 0)[..., None, None]
    fields = {"slot": Field(slots, "MT"), "body_id": Field(np.arange(len(slots)), "M")}
    return Clip("S001C001P001R001A001", keypoint, "ntu25", 0, fields=fields).replace(**changes)


@pytest.mark.parametrize("slot", [[[0, 0]], [[0, 1, -1], [1, 0, 0]], [[-1, 3, 2], [0, 5, -1]]])
def test_the_contract(slot):
    chosen = check_transform(NtuBodies("mmaction2"), clip(slot))
    assert chosen.keypoint.dtype == np.float16
    assert chosen.fields == {}
    assert (chosen.layout, chosen.label) == ("ntu25", 0)


@pytest.mark.parametrize(
    "changes", [{"layout": "coco17"}, {"fields": {}}, {"keypoint": np.zeros((1, 2, 25, 2))}]
)
def test_a_clip_that_is_not_from_raw_files_is_refused(changes):
    with pytest.raises(ClipError, match="as ntu-raw gives them"):
        NtuBodies("mmaction2")(clip([[0, 0]], **changes))
