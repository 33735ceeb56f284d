import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

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


def alike(given: Clip) -> Clip:
    """The clip with its own coordinates as a further field, and one with ten numbers a joint."""
    numbers = np.arange(given.keypoint[..., 0].size * 10).reshape(*given.keypoint.shape[:3], 10)
    extras = {"copy": Field(given.keypoint, "MTVC"), "numbers": Field(numbers, "MTVD")}
    return given.replace(fields={**given.fields, **extras})


@pytest.mark.parametrize("profile", ["mmaction2", "pyskl", "ctrgcn", "ctrgcn-ntu120", "agcn"])
@pytest.mark.parametrize("repair", [False, True])
# CTR-GCN refuses most of what is drawn.
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.filter_too_much])
@given(data=st.data())
def test_extras_follow_the_bodies(recordings, as_clip, profile, repair, data):
    if profile in ("mmaction2", "agcn") and repair:
        return  # it has no repair
    given_clip = alike(as_clip(data.draw(recordings)))
    choose = NtuBodies(profile, repair=repair)
    try:
        chosen = choose(given_clip)
    except ClipError:
        reject()
    plain = choose(given_clip.without("copy", "numbers"))
    assert plain.fields == {}
    assert np.array_equal(plain.keypoint, chosen.keypoint, equal_nan=True)
    copied = chosen.fields["copy"].values
    assert copied.shape == chosen.keypoint.shape
    if profile.startswith("ctrgcn"):  # which moves all joints by one vector
        there = copied.any((2, 3))
        moved = (chosen.keypoint - copied.astype(np.float32))[there]
        assert np.allclose(moved, moved[:1, :1], atol=1e-5)
    else:
        cast = copied.astype(np.float32).astype(chosen.keypoint.dtype)
        assert np.array_equal(cast, chosen.keypoint)
    # Each number is of the joint that it was given with.
    numbers = chosen.fields["numbers"].values
    for m, t in np.argwhere(copied.any((2, 3))):
        body, frame = np.argwhere(
            given_clip.fields["numbers"].values[..., 0, 0] == numbers[m, t, 0, 0]
        )[0]
        assert np.array_equal(numbers[m, t], given_clip.fields["numbers"].values[body, frame])
        assert np.array_equal(copied[m, t], given_clip.keypoint[body, frame])
