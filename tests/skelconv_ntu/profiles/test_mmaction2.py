"""The profiles mmaction2 and agcn against another writing of what the two scripts do.

Here nothing is summed by NumPy: a body is a dict from frames to rows of numbers, and `fsum` rounds
a sum once. Coordinates are drawn so that no result hangs on rounding: where a sum can be zero they
are from a coarse binary grid, on which float64 sums are exact, and two energies are either the
same or far apart.
"""

import contextlib
import itertools
import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from skelconv import Clip, Field
from skelconv_ntu.bodies import NtuBodies

select = NtuBodies("mmaction2")
of_agcn = NtuBodies("agcn")

Body = dict[int, list[list[float]]]


class UnclearError(Exception):
    """Rounding decides which of two energies is higher."""


def expected(frames: list[list[np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Say what each keeps of a file, given the joints (25, 3) of each body in each frame."""
    bodies: list[Body] = [
        {t: here[position].tolist() for t, here in enumerate(frames) if position < len(here)}
        for position in range(4)
    ]
    energies = [energy(body) for body in bodies]
    for one, other in pairwise(sorted(range(4), key=energies.__getitem__)):
        # The same rows in another order have the same energy, but for rounding.
        close = energies[other] and energies[other] - energies[one] < 1e-9
        if close and counting(bodies[one]) != counting(bodies[other]):
            raise UnclearError
    # Equal energies stay in their order, which is then turned round.
    order = sorted(range(4), key=energies.__getitem__)[::-1]
    first_two = [bodies[position] for position in order[:2]]
    of_mmaction2 = [body for body in first_two if total(body.values()) != 0]
    anybody = [body for body in first_two if np.array([*body.values()]).any()]
    return as_array(of_mmaction2, len(frames), np.float16), as_array(
        anybody, len(frames), np.float32
    )


def as_array(kept: list[Body], frames: int, dtype) -> np.ndarray:
    empty = [[0.0] * 3] * 25
    clip = [[body.get(t, empty) for t in range(frames)] for body in kept]
    with np.errstate(over="ignore"):
        return np.array(clip).reshape(len(kept), frames, 25, 3).astype(dtype)


def total(rows) -> float:
    return math.fsum(value for row in rows for joint in row for value in joint)


def counting(body: Body) -> list[list[list[float]]]:
    return [row for row in body.values() if total([row]) != 0]


def energy(body: Body) -> float:
    rows = counting(body)
    if not rows:
        return 0.0
    return math.fsum(deviation([joint[axis] for row in rows for joint in row]) for axis in range(3))


def deviation(values: list[float]) -> float:
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


def as_clip(frames: list[list[np.ndarray]], *, in_order: bool = False) -> Clip:
    """Follow each position as one body; whose it is does not matter to this profile."""
    most = max((len(here) for here in frames), default=0)
    keypoint = np.zeros((most, len(frames), 25, 3))
    slot = np.full((most, len(frames)), -1, dtype=np.int16)
    for t, here in enumerate(frames):
        for position, joints in enumerate(here):
            # Persons change places from frame to frame.
            m = position if in_order else (position + t) % most
            keypoint[m, t], slot[m, t] = joints, position
    fields = {"slot": Field(slot, "MT"), "body_id": Field(np.arange(most), "M")}
    return Clip("x", keypoint, "ntu25", 0, fields=fields)


def assert_same(frames: list[list[np.ndarray]], *, in_order: bool = False) -> None:
    clip = as_clip(frames, in_order=in_order)
    for choose, theirs in zip((select, of_agcn), expected(frames), strict=True):
        ours = choose(clip).keypoint
        assert ours.dtype == theirs.dtype
        assert ours.shape == theirs.shape
        assert ours.tobytes() == theirs.tobytes()


@st.composite
def joints(draw) -> np.ndarray:
    """One body: moving, at rest, all zero, or with a sum of zero."""
    rng = np.random.default_rng(draw(st.integers(0, 50)))
    grid = rng.integers(-64, 64, size=(25, 3)) / 32
    kind = draw(st.sampled_from(["moving", "point", "zero", "cancelling", "partly zero"]))
    if kind == "point":
        return np.full((25, 3), grid[0, 0])
    if kind == "zero":
        return np.zeros((25, 3))
    if kind == "cancelling":
        grid[24, 2] -= grid.sum()
    if kind == "partly zero":
        grid[: rng.integers(25)] = 0
    return grid


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(joints(), max_size=6), min_size=1, max_size=6))
def test_bodies_that_come_go_and_change_places(frames):
    try:
        assert_same(frames)
    except UnclearError:
        reject()


@settings(max_examples=100, deadline=None)
@given(st.lists(joints(), min_size=1, max_size=8))
def test_one_body_alone(bodies):
    assert_same([[body] for body in bodies])


@pytest.mark.parametrize("seed", range(10))
def test_clips_of_real_length(seed):
    rng = np.random.default_rng(seed)
    people = int(rng.integers(1, 5))
    anchors = rng.normal(size=(people, 25, 3))
    spread = 10.0 ** rng.uniform(-2, 0, size=people)
    frames = [
        [anchors[p] + spread[p] * rng.normal(size=(25, 3)) for p in range(people)]
        for _ in range(int(rng.integers(60, 300)))
    ]
    assert_same(frames)


@pytest.mark.parametrize("size", [1e-200, 1e-3, 1.0, 4.0, 1e4, 1e160])
@pytest.mark.parametrize("seed", range(8))
def test_two_bodies_that_keep_their_places(seed, size):
    rng = np.random.default_rng(seed)
    anchors = rng.normal(size=(2, 25, 3)) + rng.uniform(0, 100, size=(2, 1, 3))
    spread = 10.0 ** rng.uniform(-6, 0, size=2)
    moves = rng.normal(size=(int(rng.integers(1, 90)), 2, 25, 3))
    frames = size * (anchors + spread[:, np.newaxis, np.newaxis] * moves)
    with contextlib.suppress(OverflowError):  # of the square of a number in the other writing
        assert_same([list(here) for here in frames], in_order=True)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(joints(), joints()), min_size=1, max_size=8))
def test_two_bodies_of_any_kind(frames):
    with contextlib.suppress(UnclearError):
        assert_same([list(here) for here in frames], in_order=True)


def test_two_bodies_of_nearly_the_same_energy():
    """They differ by less than the error of a sum: it is computed as the script does."""
    rng = np.random.default_rng(1)
    walk = rng.normal(size=(60, 25, 3)) + 3
    for near in (walk, walk[::-1], np.nextafter(walk, 9), np.nextafter(walk, -9)):
        pairs = [[one, other] for one, other in zip(walk, near, strict=True)]
        mixed = select(as_clip(pairs)).keypoint
        assert select(as_clip(pairs, in_order=True)).keypoint.tobytes() == mixed.tobytes()


def test_the_higher_energy_comes_first():
    rng = np.random.default_rng(0)
    frames = [[s * rng.integers(-9, 9, size=(25, 3)) for s in (1.0, 4.0, 2.0)] for _ in range(9)]
    chosen = select(as_clip(frames)).keypoint
    loud, middle = (np.array([here[position] for here in frames]) for position in (1, 2))
    np.testing.assert_array_equal(chosen, np.array([loud, middle], dtype=np.float16))


@pytest.mark.parametrize("signs", list(itertools.product((0, 1, -1), repeat=4)))
def test_of_equal_energies_the_later_position_comes_first(signs):
    """A body and its mirror image have the same energy to the bit; no body has none."""
    rng = np.random.default_rng(0)
    walk = rng.normal(size=(9, 25, 3))
    frames = [[sign * joints for sign in signs] for joints in walk]
    chosen = select(as_clip(frames)).keypoint
    there = [position for position in range(4) if signs[position]]
    later = [walk * signs[position] for position in there[::-1][:2]]
    np.testing.assert_array_equal(chosen, np.array(later, np.float16).reshape(-1, 9, 25, 3))


@pytest.mark.parametrize("seed", range(20))
def test_in_a_long_clip_rounding_decides_as_it_does_with_numpy_1(seed):
    """The same joints in another order of frames: the energies differ in the last bit, or not."""
    rng = np.random.default_rng(seed)
    walk = rng.normal(3, 1, size=(700, 25, 3))
    bodies = [walk[rng.permutation(700)] for _ in range(3)]
    numbers = [np.add.reduce([*map(numpy_1_deviation, np.moveaxis(body, 2, 0))]) for body in bodies]
    order = sorted(range(3), key=numbers.__getitem__)[::-1]
    chosen = select(as_clip(list(map(list, zip(*bodies, strict=True))))).keypoint
    expected = np.array([bodies[position] for position in order[:2]], np.float16)
    np.testing.assert_array_equal(chosen, expected)


def numpy_1_deviation(values):
    """The standard deviation as NumPy 1 adds it up: 8,192 numbers at a time."""

    def added(numbers):
        total = 0.0
        for at in range(0, len(numbers), 8192):  # sum() rounds otherwise from Python 3.12 on
            total += float(numbers[at : at + 8192].sum())
        return total

    flat = values.ravel()
    from_mean = flat - added(flat) / len(flat)
    return math.sqrt(added(from_mean * from_mean) / len(flat))


def test_a_fifth_position_does_not_count():
    rng = np.random.default_rng(0)
    frames = [[s * rng.integers(-9, 9, size=(25, 3)) for s in (1, 2, 3, 4, 50)] for _ in range(9)]
    assert_same(frames)
    assert np.abs(select(as_clip(frames)).keypoint).max() <= 36


@pytest.mark.parametrize("frames", [[[]], [[], [], []]])
def test_no_body_at_all(frames):
    assert select(as_clip(frames)).keypoint.shape == (0, len(frames), 25, 3)


def test_no_frame_at_all():
    for bodies in (0, 1, 2):
        slot = np.zeros((bodies, 0), dtype=np.int16)
        fields = {"slot": Field(slot, "MT"), "body_id": Field(np.arange(bodies), "M")}
        clip = Clip("x", np.zeros((bodies, 0, 25, 3)), "ntu25", fields=fields)
        assert select(clip).keypoint.shape == (0, 0, 25, 3)


def test_a_body_that_sums_to_zero_is_not_kept():
    body = np.ones((25, 3))
    assert select(as_clip([[body], [-body]])).keypoint.shape == (0, 2, 25, 3)
    assert_same([[body], [-body]])


def test_a_coordinate_beyond_float16_becomes_infinite():
    body = np.ones((25, 3))
    body[3, 1] = 1e6
    assert_same([[body], [body / 2]])
    assert np.isinf(select(as_clip([[body]])).keypoint).sum() == 1


def test_one_cast_and_no_more():
    # Just above the middle of two float16: by way of float32 it would go down.
    value = 1 + 2.0**-11 + 2.0**-30
    body = np.full((25, 3), value)
    body[0] = 0
    chosen = select(as_clip([[body]])).keypoint
    assert chosen[0, 0, 1, 0] == np.float16(1 + 2.0**-10)
    assert np.float16(np.float32(value)) == 1
