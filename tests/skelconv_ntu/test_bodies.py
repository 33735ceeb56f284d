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
    ("profile", "dtype"),
    [("pyskl", np.float16), ("ctrgcn", np.float32), ("ctrgcn-ntu120", np.float32)],
)
@pytest.mark.parametrize("repair", [False, True])
def test_the_contract_of_the_others(profile, dtype, repair):
    chosen = check_transform(
        NtuBodies(profile, repair=repair), clip([[0] * 20, [1] * 16 + [-1] * 4])
    )
    assert chosen.keypoint.dtype == dtype
    assert chosen.fields == {}
    assert (chosen.layout, chosen.label) == ("ntu25", 0)


def test_repair_goes_to_the_profile():
    short = clip([[0] * 11, [1] * 11])
    with pytest.raises(ClipError, match="more than 11 frames"):
        NtuBodies("pyskl")(short)
    assert NtuBodies("pyskl", repair=True)(short).keypoint.shape == (2, 11, 25, 3)


@pytest.mark.parametrize(
    "changes", [{"layout": "coco17"}, {"fields": {}}, {"keypoint": np.zeros((1, 2, 25, 2))}]
)
def test_a_clip_that_is_not_from_raw_files_is_refused(changes):
    with pytest.raises(ClipError, match="as ntu-raw gives them"):
        NtuBodies("mmaction2")(clip([[0, 0]], **changes))
