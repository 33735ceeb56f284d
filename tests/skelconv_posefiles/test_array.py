"""`pose-array`: arrays of any form give the people that were written in them, or a clear error."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from support import matlab
from support.posefiles import saved

from skelconv import ClipError
from skelconv.testing import check_source
from skelconv_posefiles import plugin
from skelconv_posefiles.loose.axes import arranged, groups_of

OFFER = {offer.name: offer for offer in plugin.skelconv_sources()}["pose-array"]


def source(root, **options):
    return OFFER.create(OFFER.options.model_validate({"root": root, "layout": "coco17"} | options))


def only(root, **options):
    (clip,) = check_source(source(root, **options))
    return clip


def refusal(root, **options):
    """Why the one clip cannot be made, its path and line."""
    made = source(root, **options)
    inventory = made.inventory()
    if inventory.rejected:
        (one,) = inventory.rejected
        path, _, line = one.path.partition(":")
        return ClipError(one.reason, path, int(line) if line else None)
    (item,) = inventory.items
    with pytest.raises(ClipError) as caught:
        made.load(item)
    return caught.value


def assert_is(clip, people):
    assert np.array_equal(clip.keypoint, people[..., :-1])
    assert np.array_equal(clip.keypoint_score, people[..., -1])


def zipped(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def text(rows, separator=" ", end="\n"):
    return "".join(separator.join(map(repr, row)) + end for row in rows.tolist())


@pytest.fixture
def written(people):
    return people(17)


@pytest.mark.parametrize("dtype", ["<f4", ">f8", "<f2", "<i4"])
@pytest.mark.parametrize("order", "CF")
def test_npy_of_any_type(people, fill, dtype, order):
    whole = np.floor(people(25) * 4)
    root = fill({"a/b.npy": saved(whole.astype(dtype, order=order))})
    clip = only(root, layout="openpose25")
    assert_is(clip, whole)
    assert clip.id == "a/b"


def test_one_person_in_3d_with_gaps(people, fill):
    alone = people(25)[0] / 128
    gone = ~alone.any((1, 2))
    root = fill({"a.npy": saved(np.where(gone[:, np.newaxis, np.newaxis], np.nan, alone))})
    clip = only(root, layout="ntu25", channels="xyz")
    assert np.array_equal(clip.keypoint, alone[np.newaxis])
    assert np.array_equal(clip.keypoint_score[0, :, 0], ~gone)


@pytest.mark.parametrize(
    ("axes", "make"),
    [
        ("MTVC", lambda p: p),
        ("TMVC", lambda p: p.transpose(1, 0, 2, 3)),
        ("CTVM", lambda p: p.transpose(3, 1, 2, 0)),
        ("T(MVC)", lambda p: p.transpose(1, 0, 2, 3).reshape(6, -1)),
        ("T(VCM)", lambda p: p.transpose(1, 2, 3, 0).reshape(6, -1)),
        ("MT(CV)", lambda p: p.transpose(0, 1, 3, 2).reshape(2, 6, -1)),
        ("(MV)TC", lambda p: p.transpose(0, 2, 1, 3).reshape(34, 6, 3)),
    ],
)
@pytest.mark.parametrize("form", ["npy", "npz", "json"])
def test_axes(written, fill, axes, make, form):
    array = make(written)
    content = {
        "npy": lambda: saved(array),
        "npz": lambda: zipped(poses=array),
        "json": lambda: json.dumps({"fps": 30, "poses": array.tolist()}),
    }[form]()
    assert_is(only(fill({f"a.{form}": content}), axes=axes), written)


@given(
    order=st.permutations("MTVC"),
    share=st.integers(0, 2),
    sizes=st.tuples(st.integers(1, 3), st.integers(1, 4), st.integers(1, 5), st.integers(2, 4)),
)
def test_any_axes_give_back_what_was_written(order, share, sizes):
    lengths = dict(zip("MTVC", sizes, strict=True))
    array = np.arange(np.prod(sizes)).reshape(sizes)
    axes = "".join([*order[:share], f"({''.join(order[share : share + 2])})", *order[share + 2 :]])
    shared = set(order[share : share + 2])
    if shared == {"M", "T"}:
        with pytest.raises(ValueError, match="nothing says how long"):
            groups_of(axes)
        return
    moved = array.transpose(["MTVC".index(letter) for letter in order])
    shape = [*moved.shape[:share], -1, *moved.shape[share + 2 :]]
    found = arranged(moved.reshape(shape), axes, {key: lengths[key] for key in "VC"})
    assert np.array_equal(found[0], array)


@pytest.mark.parametrize(("separator", "end"), [(" ", " \n"), ("\t", "\r\n"), (",", ",\n"),
                                                (";", "\n"), (", ", "\n")])  # fmt: skip
def test_text(written, fill, separator, end):
    rows = written[0].reshape(6, -1)
    assert_is(only(fill({"a.txt": text(rows, separator, end)})), written[:1])
    clip = only(fill({"b.csv": "made by me\n" + text(rows, separator, end)}), skip=1, files="b*")
    assert_is(clip, written[:1])
    assert clip.id == "b"


def test_text_with_a_decimal_comma(written, fill):
    rows = text(written[0].reshape(6, -1), "\t").replace(".", ",")
    root = fill({"a.txt": rows})
    assert "(option decimal: ',')" in refusal(root).reason
    assert_is(only(root, decimal=","), written[:1])


def test_a_part_of_the_last_axis_and_other_channels(written, fill):
    visible = np.insert(written[0], 2, -7, -1)  # z, which is not wanted
    rows = visible.reshape(6, -1)
    more = np.concatenate([np.full((6, 1), 99), rows, np.full((6, 1404), 5)], 1)
    options = {"take": [1, 69], "channels": "xy-skip-score"}
    assert_is(only(fill({"a.npy": saved(more)}), **options), written[:1])


@pytest.mark.parametrize("axes", ["MVC", "(VC)", "M(VC)"])
def test_a_file_is_a_frame(written, fill, axes):
    persons = written if axes.startswith("M") else written[:1]
    files = {}
    for frame in range(6):
        array = persons[:, frame] if axes.startswith("M") else persons[0, frame]
        array = array.reshape(*array.shape[:-2], -1) if "(" in axes else array
        files[f"hello/3/{frame}.npy"] = files[f"v_{frame + 7:05d}.npy"] = saved(array)
    clips = check_source(source(fill(files), axes=axes, total_frames=None))
    assert [clip.id for clip in clips] == ["hello/3", "v"]
    assert_is(clips[0], persons)
    assert clips[1].total_frames == 13
    assert_is(
        clips[1].replace(
            keypoint=clips[1].keypoint[:, 7:], keypoint_score=clips[1].keypoint_score[:, 7:]
        ),
        persons,
    )


def test_frames_that_are_there_twice_or_have_no_number(written, fill):
    one = saved(written[0, 0])
    root = fill({"a_1.npy": one, "a_01.npy": one, "b_1.npy": one, "c.npy": one})
    inventory = source(root, axes="VC").inventory()
    assert [item.id for item in inventory.items] == ["b"]
    assert {one.id: one.reason for one in inventory.rejected} == {
        "a": "a_01.npy and a_1.npy are both its frame 1",
        "c.npy": "its path does not say which frame of which clip it is (option pattern)",
    }


def test_the_number_of_a_frame_is_where_the_pattern_says(written, fill):
    one = [saved(written[0, frame]) for frame in range(3)]
    root = fill({f"7/{clip:03}{frame:04}.npy": one[frame] for clip in (7, 2) for frame in range(3)})
    pattern = r"(?P<clip>\d{3})(?P<frame>\d{4})\.npy$"
    clips = check_source(source(root, axes="VC", pattern=pattern))
    assert [clip.id for clip in clips] == ["002", "007"]
    for clip in clips:
        assert_is(clip, written[:1, :3])
    fill({f"8/{10**19}.npy": one[0]})
    (rejected,) = (
        source(root, axes="VC", pattern=r"(?P<clip>8)/(?P<frame>\d+)", files="8/*")
        .inventory()
        .rejected
    )
    assert "does not say which frame" in rejected.reason


def test_many_clips_in_an_array(people, fill):
    clips = [people(17, seed=n) for n in range(11)]
    array = np.stack(clips).transpose(0, 4, 2, 3, 1)
    found = check_source(source(fill({"train.npy": saved(array)}), axes="NCTVM"))
    assert [clip.id for clip in found] == [f"train/{n:02d}" for n in range(11)]
    for clip, written in zip(found, clips, strict=True):
        assert_is(clip, written)


def test_each_array_of_an_npz_is_a_clip(people, fill):
    clips = {name: people(17, seed=n) for n, name in enumerate(("walk", "run"))}
    root = fill({"x.npz": zipped(**clips)})
    found = check_source(source(root, key="*"))
    assert [clip.id for clip in found] == ["x/run", "x/walk"]
    assert_is(found[1], clips["walk"])
    assert_is(only(root, key="run"), clips["run"])
    assert refusal(root).reason == "it holds 2 arrays: walk, run (option key)"
    assert (
        refusal(root, key="jump").reason == "it has no array 'jump'; it has walk, run (option key)"
    )


def test_own_missing_values(written, fill):
    array = np.where(written[..., 2:] > 0, written, [-1, -1, 0])
    assert_is(only(fill({"a.npy": saved(array)}), missing=[-1]), written)


def test_a_single_file_as_root(written, fill):
    root = fill({"a.npy": saved(written), "b.npy": b""})
    assert_is(only(root / "a.npy"), written)


class Evil:
    def __reduce__(self):
        return (Path("/nowhere/evil").touch, ())


def header(shape, descr="<f4", body=b""):
    file = io.BytesIO()
    head = {"descr": descr, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(file, head)
    return file.getvalue() + body


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(2**21))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "reason", "line"),
    [
        ("a.npy", b"", "is not an npy file", None),
        ("a.npy", b"\x93NUMPY\x01\x00", "is not an npy file", None),
        ("a.npy", b"\x93NUMPY\x01\x00\x05\x00(((((", "is not an npy file", None),
        ("a.npy", saved(np.zeros((2, 17, 3)))[:-1], "not those of a shape of (2, 17, 3)", None),
        ("a.npy", saved(np.array([Evil()]), allow_pickle=True), "values of type object", None),
        ("a.npy", saved(np.zeros(3, "U4")), "values of type <U4", None),
        (
            "a.npy",
            saved(np.zeros((2, 16, 3))),
            "an array of shape (2, 16, 3), which is not TVC with V = 17, C = 3 "
            "(options axes, layout, channels)",
            None,
        ),
        ("a.npy", saved(np.zeros((2, 50))), "is not T(VC) with V = 17, C = 3", None),
        ("a.npy", saved(np.zeros(51)), "an array of 1 dimensions (option axes)", None),
        ("a.npy", saved(np.full((2, 17, 3), np.inf)), "frame 0: a keypoint is infinite", None),
        ("a.npy", header((10**12, 17, 3)), "has 0 bytes, not those of a shape", None),
        ("a.npy", header((0, 10**12, 17, 3)), "an empty array", None),
        ("a.npy", header((-1, -17, 3), body=bytes(204)), "not those of a shape", None),
        ("a.npz", b"PK", "is not a valid npz file", None),
        ("a.npz", bomb(), "a: holds more than 1 MB, and is not read", None),
        ("a.npz", zipped(a=np.array([Evil()], object)), "a: holds values of type object", None),
        ("a.npz", zipped(), "it holds 0 arrays", None),
        ("a.txt", "", "it has no numbers", None),
        ("a.txt", "x y\n1 2\n", "number 1: 'x' is not a number (option skip, or the", 1),
        ("a.txt", "1 2 3\n\n1 2\n", "2 numbers, where the first line has 3", 3),
        ("a.txt", "1,2,3\n1,2,b\n", "number 3: 'b' is not a number", 2),
        ("a.json", "[[1, 2], [1]]", "its lists are not of one length", None),
        ("a.json", "[[1, 2], [1, []]]", "is not a list of lists of numbers", None),
        ("a.json", '[[1, 2], [1, "b"]]', "is not a list of lists of numbers", None),
        ("a.json", '{"a": [1], "b": [2]}', "it holds 2 arrays: a, b (option key)", None),
        ("a.json", "[]", "it has no numbers", None),
        ("a.json", "[" * 70 + "1" + "]" * 70, "its lists are 70 deep", None),
        ("a.npy", header((1,) * 70, body=bytes(4)), "has a shape that no array can have", None),
    ],
)
def test_what_is_wrong(fill, name, content, reason, line):
    root = fill({name: content})
    error = refusal(root, max_file_mb=1)
    assert reason in error.reason
    assert (error.path, error.line) == (f"{root}/{name}", line)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"axes": "TVX"}, "'TVX' are no axes"),
        ({"axes": "T(V)C"}, "are no axes"),
        ({"axes": "TTVC"}, "are no axes"),
        ({"axes": "T" * 10**5}, "are no axes"),
        ({"axes": "TV"}, "no V (keypoints) or no C"),
        ({"axes": "(MT)VC"}, "nothing says how long each axis in (MT) is"),
        ({"channels": "xz"}, "channels have x and y"),
        ({"channels": "xyx"}, "channels have x and y"),
        ({"channels": "xy-confidence"}, "channels have x and y"),
        ({"take": [5, 5]}, "take is from and up to"),
        ({"axes": "VC", "key": "*"}, "axes without T are frames"),
    ],
)
def test_options_that_are_wrong(options, reason):
    with pytest.raises(ValidationError) as caught:
        OFFER.options.model_validate({"root": "x", "layout": "coco17", **options})
    assert reason in str(caught.value)


class TestMatlab:
    """Variables of MATLAB's files, with the axes that MATLAB shows."""

    @pytest.mark.parametrize("compress", [False, True])
    def test_a_variable_by_name(self, people, fill, compress):
        written = people(17, persons=1)
        # As JHMDB has it: 2 x joints x frames, beside something else.
        arrays = {
            "scale": np.ones((1, 6)),
            "pos_img": np.ascontiguousarray(written[0, ..., :2].transpose(2, 1, 0)),
            "action": "walk",
        }
        root = fill({"a.mat": matlab.mat(arrays, compress=compress)})
        clip = only(root, key="pos_img", axes="CVT", channels="xy")
        assert np.array_equal(clip.keypoint, written[..., :2])

    def test_each_variable_a_clip(self, people, fill):
        first, second = people(17, persons=1), people(17, persons=1, frames=4, seed=1)
        root = fill({"a.mat": matlab.mat({"one": first[0], "two": second[0]})})
        clips = check_source(source(root, key="*"))
        assert [clip.id for clip in clips] == ["a/one", "a/two"]
        assert_is(clips[0], first)
        assert_is(clips[1], second)

    def test_small_integers_of_doubles(self, fill):
        whole = np.arange(2 * 17 * 2, dtype="<f8").reshape(2, 17, 2)
        content = matlab.HEADER + matlab.variable("x", whole, stored="<u1")
        clip = only(fill({"a.mat": content}), channels="xy")
        assert np.array_equal(clip.keypoint[0], whole)

    @pytest.mark.parametrize(
        ("content", "options", "reason"),
        [
            (matlab.mat({"a": np.ones((2, 17, 3)), "b": np.ones((1, 1))}), {}, "2 arrays: a, b"),
            (matlab.mat({"a": np.ones((2, 17, 3))}), {"key": "c"}, "no array 'c'; it has a"),
            (matlab.mat({"a": "text"}), {}, "no array of numbers; structures"),
            (matlab.mat({"a": np.ones((2, 17, 3))}, compress=False)[:300], {}, "cut short"),
            (b"no MATLAB file", {}, "is not a MATLAB file"),
        ],
    )
    def test_what_cannot_be_read(self, fill, content, options, reason):
        error = refusal(fill({"a.mat": content}), **options)
        assert reason in error.reason
        assert error.path.endswith("a.mat")
