import re

import numpy as np
import pytest

from skelconv_ntu.skeleton_file import SkeletonFile, parse_skeleton
from skelconv_ntu.synthetic import MAX_BODIES, QUIRKS, synthetic_skeleton

# Seven significant digits; an exponent of two digits below 0.0001; NaN.
PRINTED = re.compile(r"-?(\d+(\.\d+)?|\d(\.\d+)?E-\d\d)|NaN")


def parse(seed: int, **options: object) -> SkeletonFile:
    return parse_skeleton(synthetic_skeleton(seed, **options), extras=True)


def present(file: SkeletonFile, body_id: int) -> list[bool]:
    frames = set(file.frame[file.body_id == body_id].tolist())
    return [frame in frames for frame in range(file.total_frames)]


def test_a_seed_gives_one_file():
    assert synthetic_skeleton(5, bodies=2) == synthetic_skeleton(5, bodies=2)
    assert synthetic_skeleton(-1) == synthetic_skeleton(-1)
    some = ["nan", "empty-frames", "come-and-go"]
    assert synthetic_skeleton(5, quirks=some) == synthetic_skeleton(5, quirks=set(some))


def test_seeds_give_different_files():
    files = {parse(seed, frames=3).xyz.tobytes() for seed in range(200)}
    assert len(files) > 190


@pytest.mark.parametrize("quirks", [(), QUIRKS], ids=["plain", "quirks"])
@pytest.mark.parametrize("bodies", range(MAX_BODIES + 1))
@pytest.mark.parametrize("frames", [1, 2, 3, 5, 40])
def test_is_a_valid_file_of_that_size(frames, bodies, quirks):
    for seed in range(3):
        file = parse(seed, frames=frames, bodies=bodies, quirks=quirks)
        assert file.total_frames == frames
        assert len(np.unique(file.body_id)) <= bodies
        if not quirks:
            assert file.slot.tolist() == [*range(bodies)] * frames


def test_about_240_kb_in_a_hundred_frames():
    sizes = [len(synthetic_skeleton(seed)) for seed in range(30)]
    assert 220_000 < np.mean(sizes) < 270_000


@pytest.mark.parametrize("quirks", [(), QUIRKS], ids=["plain", "quirks"])
def test_numbers_are_printed_as_the_recorder_does(quirks):
    data = synthetic_skeleton(2, bodies=3, quirks=quirks).decode()
    exponents = 0
    for line in data.split("\r\n"):
        fields = line.split(" ")
        assert len(fields) in {1, 10, 12}
        for field in fields if len(fields) == 12 else fields[1:]:
            assert PRINTED.fullmatch(field), field
            mantissa, _, exponent = field.partition("E")
            assert len(re.sub(r"^0+", "", re.sub(r"\D", "", mantissa))) <= 7
            assert field == "NaN" or exponent or float(field) == 0 or abs(float(field)) >= 1e-4
            exponents += bool(exponent)
    assert 0 < exponents < 400


def test_line_ends():
    windows, unix = (synthetic_skeleton(1, line_end=end) for end in ("\r\n", "\n"))
    assert b"\r" not in unix
    assert windows == unix.replace(b"\n", b"\r\n")


def test_bodies_move_smoothly_and_stay_in_view():
    for seed in range(30):
        file = parse(seed)
        steps = np.linalg.norm(np.diff(file.xyz, axis=0), axis=-1)
        assert 1e-5 < steps.max() < 0.35
        x, y, z = np.moveaxis(file.xyz, -1, 0)
        assert np.abs(x).max() < 2.5
        assert np.abs(y).max() < 2
        assert 1 < z.min() < z.max() < 6
        # Upright, as the filters of the known pipelines expect of a person.
        head, foot = 3, 15
        assert (y[:, head] - y[:, foot] > 1).all()


def test_images_and_orientations_fit_the_positions():
    file = parse(4)
    x, y, z = np.moveaxis(file.xyz, -1, 0)
    for pixels, focal in ((file.extras["depth_xy"], 366), (file.extras["color_xy"], 1064)):
        centre = pixels - focal * np.stack((x / z, -y / z), axis=-1)
        np.testing.assert_allclose(centre, np.broadcast_to(centre[0, 0], centre.shape), rtol=1e-4)
    norms = np.linalg.norm(file.extras["orientation"], axis=-1)
    assert np.all(np.isclose(norms, 1, atol=1e-5) | (norms == 0))
    assert (norms == 0).sum(axis=1).tolist() == [7] * 100
    assert set(file.extras["tracking_state"].ravel().tolist()) <= {1, 2}


class TestQuirks:
    def test_ids_are_far_apart_but_for_close_ids(self):
        for seed in range(20):
            far = np.unique(parse(seed, frames=2, bodies=4).body_id)
            close = np.unique(parse(seed, frames=2, bodies=4, quirks={"close-ids"}).body_id)
            assert len(far) == len(close) == len(np.unique(far.astype(float))) == 4
            assert len(np.unique(close.astype(float))) == 1
            assert {len(str(body_id)) for body_id in [*far, *close]} == {17}

    def test_come_and_go(self):
        file = parse(3, frames=40, bodies=2, quirks={"come-and-go"})
        first, last = file.body_id[0], np.setdiff1d(file.body_id, file.body_id[0]).item()
        assert all(present(file, first))
        runs = re.findall("1+|0+", "".join(str(int(there)) for there in present(file, last)))
        assert [run[0] for run in runs] == ["0", "1", "0", "1", "0"]

    def test_empty_frames(self):
        plain, holes = (parse(3, frames=40, quirks=quirks) for quirks in ((), {"empty-frames"}))
        empty = set(range(40)) - set(holes.frame.tolist())
        assert 1 <= len(empty) <= 3
        kept = [frame for frame in range(40) if frame not in empty]
        np.testing.assert_array_equal(holes.xyz, plain.xyz[kept])

    def test_swap_slots(self):
        file = parse(3, frames=30, bodies=3, quirks={"swap-slots"})
        order = file.body_id.reshape(30, 3)
        np.testing.assert_array_equal(order[10:20], np.tile(order[0, ::-1], (10, 1)))
        np.testing.assert_array_equal(order[:10], np.tile(order[0], (10, 1)))
        np.testing.assert_array_equal(order[20:], np.tile(order[0], (10, 1)))

    def test_nan_is_in_the_images_alone(self):
        file = parse(3, bodies=2, quirks={"nan"})
        lost = np.isnan(file.extras["depth_xy"])
        assert lost.any(axis=(1, 2)).sum() >= 20
        assert lost.sum() < lost.size / 100
        np.testing.assert_array_equal(lost, np.isnan(file.extras["color_xy"]))
        assert not np.isnan(file.extras["orientation"]).any()

    def test_zero_joints(self):
        plain, zeros = (parse(3, frames=40, quirks=quirks) for quirks in ((), {"zero-joints"}))
        changed = (plain.xyz != zeros.xyz).any(axis=-1)
        assert changed.sum(axis=1).tolist() == [0] * 10 + [1] * 11 + [0] * 19
        assert not zeros.xyz[changed].any()


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"frames": 0}, "frames is 0, expected at least 1"),
        ({"bodies": -1}, "bodies is -1, expected 0 to 6"),
        ({"bodies": 7}, "bodies is 7, expected 0 to 6"),
        ({"quirks": ["nan", "odd"]}, r"unknown quirks \['odd'\], expected some of \['close-ids'"),
    ],
)
def test_options_out_of_range(options, reason):
    with pytest.raises(ValueError, match=reason):
        synthetic_skeleton(1, **options)
