"""``.skeleton`` text under any name, of any number of joints, and what txt2npy.py makes of it."""

import pickle
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from skelconv import BuildError, ClipError
from skelconv.testing import check_source
from skelconv_ntu import plugin
from skelconv_ntu.skeleton_file import SkeletonFileError, parse_skeleton
from skelconv_ntu.skeleton_text import read_text
from skelconv_ntu.synthetic import QUIRKS, synthetic_skeleton

(OFFER,) = (offer for offer in plugin.skelconv_sources() if offer.name == "skeleton-text")


def make(**options):
    return OFFER.create(OFFER.options.model_validate(options))


def _text(bodies: list[list[np.ndarray]], header="000 0 0 0 0 0 0 0 0 0", rest="") -> str:
    """Write frames of bodies."""
    lines = [str(len(bodies))]
    for frame in bodies:
        lines.append(str(len(frame)))
        for body in frame:
            lines += [header, str(len(body))]
            lines += [" ".join(map(repr, joint)) + rest for joint in body.tolist()]
    return "\n".join(lines) + "\n"


@given(st.integers(0, 10**6), st.integers(0, 3), st.sets(st.sampled_from(sorted(QUIRKS))))
def test_an_ntu_file_gives_what_the_strict_reader_gives(seed, bodies, quirks):
    data = synthetic_skeleton(seed, frames=4, bodies=bodies, quirks=quirks)
    strict = parse_skeleton(data)
    # With a further line end the compiled reader stands aside, or not: it is the same.
    for loose in (read_text(data, 25, 3), read_text(b"\xef\xbb\xbf" + data, 25, 3)):
        assert loose.total_frames == strict.total_frames
        for name in ("frame", "slot", "body_id", "xyz"):
            one, other = getattr(loose, name), getattr(strict, name)
            assert one.dtype == other.dtype
            np.testing.assert_array_equal(one, other)


@given(st.integers(1, 40), st.sampled_from([2, 3]), st.integers(0, 100))
def test_any_number_of_joints(joints, channels, seed):
    body = np.random.default_rng(seed).normal(size=(joints, channels))
    file = read_text(_text([[body, body + 1], []], rest=" -1.#IND ∞").encode(), joints, channels)
    np.testing.assert_array_equal(file.xyz, [body, body + 1])
    assert (file.total_frames, file.frame.tolist(), file.slot.tolist()) == (2, [0, 0], [0, 1])


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "where the number of frames should be"),
        ("0\n", 1, "the file has zero frames"),
        ("x\n", 1, "'x', expected up to 9 digits"),
        ("1\n1\n7 0\n3\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n", 8, "'0 0 0' after frame 1, the last"),
        ("1\n1\n7 0\n3\n0 0 0\n0 0 0\n", 7, "where joint 3 of body 1"),
        ("1\n1\n7 0\n3\n0 0 0\n0 0\n0 0 0\n", 6, "2 numbers where joint 2"),
        ("1\n1\n7 0\n3\n0 0 0\n0 0 -1.#IND\n0 0 0\n", 6, "'-1.#IND' in joint 2"),
        ("1\n1\n7 0\n3\n0 0 0\n0 0 nan\n0 0 0\n", 6, "'nan' in joint 2"),
        ("1\n1\n7 0\n3\n0 0 0\n0 0 1_0\n0 0 0\n", 6, "'1_0' in joint 2"),
        ("1\n1\n7 0\n3\n0 0 0\n0 0 1e999\n0 0 0\n", 6, "'1e999' in joint 2"),
        ("1\n1\n7 0\n25\n", 4, "25 joints, where the layout has 3"),
        ("1\n1\nme 0\n3\n", 3, "'me', not a whole number"),
        ("1\n1\n99999999999999999999 0\n3\n", 3, "not a whole number of 64 bits"),
        ("1\n99999\n", 2, "99999 bodies in one frame"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text, line, reason):
    with pytest.raises(SkeletonFileError) as caught:
        read_text(text.encode(), 3, 3)
    assert caught.value.line == line
    assert reason in caught.value.reason


UAV = {
    "layout": "uav-human17",
    "channels": "xy",
    "img_shape": [1080, 1920],
    "labels": {"pattern": r"A(?P<label>\d{3})R", "first": 0},
}


class TestSource:
    @pytest.fixture
    def root(self, tmp_path):
        body = np.arange(34, dtype=float).reshape(17, 2) + 1
        files = {
            "P007S00A154R0_1.txt": _text([[body], [body, body * 2]], rest=" 0"),
            "a/P008S00A000R0_2.skeleton": _text([[body]], header="5"),
            "a/notes.md": "",
            "a/._P008.txt": "",
        }
        for name, text in files.items():
            (tmp_path / "root" / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "root" / name).write_text(text)
        return tmp_path / "root"

    def test_ids_and_labels_follow_names(self, root):
        source = make(root=str(root), **UAV)
        first, second = check_source(source)
        assert [(clip.id, clip.label) for clip in (first, second)] == [
            ("P007S00A154R0_1", 154),
            ("P008S00A000R0_2", 0),
        ]
        assert first.keypoint.shape == (2, 2, 17, 2)
        np.testing.assert_array_equal(first.keypoint[1, 1], first.keypoint[0, 1] * 2)
        assert (first.img_shape, first.layout) == ((1080, 1920), "uav-human17")
        assert first.keypoint_score.tolist() == first.present().tolist()
        assert len(source.inventory().strays) == 2

    def test_an_archive_gives_the_same(self, root, tmp_path):
        with zipfile.ZipFile(tmp_path / "z.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted(root.rglob("*.*")):
                archive.write(path, path.relative_to(root))
        packed = check_source(make(root=str(tmp_path / "z.zip"), **UAV))
        assert packed == check_source(make(root=str(root), **UAV))

    def test_errors_name_the_file_and_the_line(self, root):
        source = make(root=str(root), ids="path", layout="coco17")
        (root / "P007S00A154R0_1.txt").write_text("1\n1\n0\n16\n")
        for item in source.inventory().items:
            if item.id.startswith("P007"):
                with pytest.raises(ClipError, match=r"16 joints, .* has 17") as caught:
                    source.load(item)
                assert (caught.value.path, caught.value.line) == (
                    str(root / "P007S00A154R0_1.txt"),
                    4,
                )

    def test_a_root_without_such_files(self, tmp_path):
        (tmp_path / "a.json").touch()
        with pytest.raises(BuildError, match="there is no file of this form in it"):
            make(root=str(tmp_path)).inventory()
        with pytest.raises(BuildError, match="the raw files are not there"):
            make(root=str(tmp_path / "b")).inventory()

    def test_options_that_do_not_fit(self):
        with pytest.raises(ValueError, match="img_shape is for channels: xy"):
            make(root="x", img_shape=[10, 10])


class TestTxt2npy:
    """The dict that the script writes with ``np.save``; it is written so here, by NumPy itself."""

    @pytest.fixture
    def save(self, tmp_path):
        def save(content: object) -> dict:
            np.save(tmp_path / "S001C001P001R001A050.skeleton.npy", content, allow_pickle=True)
            return {"root": str(tmp_path), "labels": {"pattern": r"A(?P<label>\d{3})"}}

        return save

    @pytest.mark.parametrize("dtype", [np.float64, np.float32])
    def test_bodies_in_order(self, save, dtype):
        bodies = np.random.default_rng(0).normal(size=(3, 7, 25, 3)).astype(dtype)
        bodies[1] = 0  # nobody
        content = {
            "file_name": "S001C001P001R001A050",
            "nbodys": [1, 2, 2],
            "njoints": 25,
            **{f"skel_body{m}": bodies[m] for m in (0, 2, 1)},
            "rgb_body0": bodies[0, :, :, :2],
        }
        (clip,) = check_source(make(**save(content)))
        assert (clip.id, clip.label, clip.layout) == ("S001C001P001R001A050", 49, "ntu25")
        np.testing.assert_array_equal(clip.keypoint, bodies[[0, 2]])

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (np.zeros((3, 25, 3)), r"is an array of numbers, not the dict of txt2npy.py"),
            ({"nbodys": [1]}, "has no skel_body0"),
            ({"skel_body0": np.zeros((3, 24, 3))}, r"its bodies are \(3, 24, 3\), not all"),
            ({"skel_body0": [1, 2]}, "a skel_body is not an array"),
            ({"skel_body0": np.array(["a"])}, "is not an array of numbers"),
            ({"skel_body0": np.full((3, 25, 3), np.nan)}, "a coordinate is not finite"),
            (np.array([{}, {}]), "does not hold the dict"),
        ],
    )
    def test_what_is_not_in_this_form(self, save, content, reason):
        source = make(**save(content))
        (item,) = source.inventory().items
        with pytest.raises(ClipError, match=reason) as caught:
            source.load(item)
        assert caught.value.path.endswith("A050.skeleton.npy")

    def test_what_it_could_run_is_not_run(self, tmp_path):
        class Evil:
            def __reduce__(self):
                return (tmp_path.joinpath("run").touch, ())

        np.save(tmp_path / "a.skeleton.npy", np.array({"skel_body0": Evil()}), allow_pickle=True)
        assert b"touch" in pickle.dumps(Evil())
        source = make(root=str(tmp_path))
        (item,) = source.inventory().items
        with pytest.raises(ClipError):
            source.load(item)
        assert not (tmp_path / "run").exists()

    @pytest.mark.parametrize("content", [b"", b"\x93NUMPY\x01\x00", b"text"])
    def test_what_is_no_npy_file(self, tmp_path, content):
        (tmp_path / "a.skeleton.npy").write_bytes(content)
        source = make(root=str(tmp_path))
        (item,) = source.inventory().items
        with pytest.raises(ClipError, match="is not an npy file"):
            source.load(item)
