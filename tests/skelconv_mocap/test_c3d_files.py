"""C3D, in files written here as the format is described."""

import numpy as np
import pytest
from support.building import build
from support.recordings import c3d

from skelconv import ClipError
from skelconv.plugin import layout_named
from skelconv_mocap.c3d_files import load
from skelconv_mocap.frames import Pace

NAMES = ["LSHO", "RSHO", "C7"]


def points(frames=6, count=3, seed=0):
    drawn = np.random.default_rng(seed).uniform(-900, 900, (frames, count, 3))
    return np.rint(drawn * 4) / 4


def loaded(tmp_path, content, unit=None, subjects=(), markers=(), **pace):
    path = tmp_path / "a.c3d"
    path.write_bytes(content)
    options = {"unit": unit, "subjects": subjects, "markers": markers, "max_bytes": 2**24}
    return load(str(path), pace=Pace(**pace), **options)


@pytest.mark.parametrize("scale", [None, 0.25], ids=["floats", "integers"])
@pytest.mark.parametrize("analog", [0, 4])
def test_markers_are_in_metres_and_those_not_seen_are_missing(tmp_path, scale, analog):
    places = points()
    places[2, 1] = np.nan
    clip = loaded(tmp_path, c3d(places, NAMES, scale=scale, analog=analog))
    assert layout_named(clip.layout).joints == ("LSHO", "RSHO", "C7")
    assert layout_named(clip.layout).pairs == ((0, 1),)
    np.testing.assert_allclose(clip.keypoint[0], np.nan_to_num(places) / 1000, rtol=1e-6)
    assert not clip.keypoint[0, 2, 1].any()
    assert clip.fields["fps"].values == 100


@pytest.mark.parametrize(("units", "metres"), [("mm", 0.001), ("cm", 0.01), ("m", 1), ("M ", 1)])
def test_units_are_the_files(tmp_path, units, metres):
    clip = loaded(tmp_path, c3d(points(), NAMES, units=units))
    np.testing.assert_allclose(clip.keypoint[0], points() * metres, rtol=1e-6)


@pytest.mark.parametrize(
    ("units", "words"), [(None, "does not say its unit"), ("yd", "its unit is 'yd'")]
)
def test_units_that_are_not_known_must_be_told(tmp_path, units, words):
    content = c3d(points(), NAMES, units=units)
    with pytest.raises(ClipError, match=f"{words}.*option unit"):
        loaded(tmp_path, content)
    np.testing.assert_allclose(loaded(tmp_path, content, unit=2.0).keypoint[0], points() * 2)


def test_subjects_are_persons(tmp_path):
    places = points(count=5)
    labels = ["Anna:LSHO", "Anna:C7", "Ben:C7", "Ben:LSHO", "Ben:RSHO"]
    clip = loaded(tmp_path, c3d(places, labels, units="m"))
    assert layout_named(clip.layout).joints == ("LSHO", "C7", "RSHO")
    assert clip.keypoint.shape == (2, 6, 3, 3)
    np.testing.assert_array_equal(clip.keypoint[0, :, :2], places[:, :2].astype(np.float32))
    assert not clip.keypoint[0, :, 2].any()
    np.testing.assert_array_equal(clip.keypoint[1], places[:, [3, 2, 4]].astype(np.float32))
    ben = loaded(tmp_path, c3d(places, labels, units="m"), subjects=("Ben",))
    np.testing.assert_array_equal(ben.keypoint[0], places[:, 2:].astype(np.float32))


def test_what_is_no_marker_is_left_out(tmp_path):
    labels = ["LSHO", "*12", "LHipAngles", "", "C7"]
    more = [("POINT", "ANGLES", ["LHipAngles", "RHipAngles"])]
    clip = loaded(tmp_path, c3d(points(count=5), labels, units="m", more=more))
    assert layout_named(clip.layout).joints == ("LSHO", "C7")
    np.testing.assert_array_equal(clip.keypoint[0], points(count=5)[:, [0, 4]].astype(np.float32))


def test_markers_are_chosen_in_an_order(tmp_path):
    clip = loaded(tmp_path, c3d(points(), NAMES, units="m"), markers=("C7", "LSHO"), every=2)
    assert layout_named(clip.layout).joints == ("C7", "LSHO")
    np.testing.assert_array_equal(clip.keypoint[0], points()[::2, [2, 0]].astype(np.float32))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"markers": ("T10",)}, r"it has no markers T10: it has LSHO, RSHO, C7 \(option markers\)"),
        ({"subjects": ("Anna",)}, r"it has no markers of Anna \(option subjects\)"),
        ({"fps": 200}, "fewer than 200"),
    ],
)
def test_what_a_file_lacks(tmp_path, options, words):
    with pytest.raises(ClipError, match=words):
        loaded(tmp_path, c3d(points(), NAMES), **options)


def test_labels(tmp_path):
    with pytest.raises(ClipError, match="two markers C7"):
        loaded(tmp_path, c3d(points(), ["C7", "LSHO", "C7"]))
    with pytest.raises(ClipError, match="no named markers"):
        loaded(tmp_path, c3d(points(), ["*1", "*2", ""]))


def test_a_file_cut_off_is_an_error(tmp_path):
    content = c3d(points(frames=60), NAMES)
    whole = loaded(tmp_path, content)
    for length in range(0, len(content), 97):
        try:
            clip = loaded(tmp_path, content[:length])
        except ClipError:
            continue
        # What is behind the last frame only fills the block.
        assert clip == whole
        assert len(content) - length < 512


def test_damaged_files_are_errors_or_clips(tmp_path):
    content = bytearray(c3d(points(), NAMES, analog=2))
    random = np.random.default_rng(5)
    failed = 0
    for _ in range(400):
        damaged = content.copy()
        for at in random.integers(0, 1024, 3):
            damaged[at] = random.integers(256)
        try:
            loaded(tmp_path, bytes(damaged))
        except ClipError:
            failed += 1
    assert failed > 20


def test_a_file_that_is_something_else(tmp_path):
    with pytest.raises(ClipError, match="is not a C3D file that can be read"):
        loaded(tmp_path, b"HIERARCHY\n" * 200)


def test_a_dataset(tmp_path):
    files = {"a.c3d": c3d(points(), NAMES), "b.c3d": c3d(points(), [*NAMES[:2], "T10"])}
    report, dataset = build(tmp_path, "c3d", files, every=2)
    assert list(dataset.ids) == ["a"]
    assert [one.id for one in report.quarantined] == ["b"]
    np.testing.assert_allclose(dataset[0].keypoint[0], points()[::2] / 1000, rtol=1e-6)
