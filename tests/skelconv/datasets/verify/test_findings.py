"""Each finding of the catalog: a dataset that has it, and one much like it that has it not."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.bodies import body
from support.memory import MemoryReader, dataset

from skelconv import Clip, ClipError, Dataset, Layout, PluginError, verify
from skelconv.datasets.verify.catalog import RULES
from skelconv.datasets.verify.findings import Finding
from skelconv.plugin import SplitPlugin, Trainer, TrainerPlugin, layout_named
from skelconv.testing import installed_plugins


def spoil(clip: Clip, change: Callable[[np.ndarray], object]) -> Clip:
    """Change a copy of the keypoints."""
    keypoint = clip.keypoint.copy()
    change(keypoint)
    return clip.replace(keypoint=keypoint)


def put(*index: Any, value: Any = 0) -> Callable[[np.ndarray], object]:
    return lambda keypoint: keypoint.__setitem__(index, value)


def scored(clip: Clip, change: Callable[[np.ndarray], object]) -> Clip:
    score = np.array(clip.keypoint_score)
    change(score)
    return clip.replace(keypoint_score=score)


def bodies(*labels: Any, ids: str = "abcdefghijklmnopqrstuvwxyz") -> list[Clip]:
    return [body(name, label=label) for name, label in zip(ids, labels, strict=False)]


def split(train: Sequence[int], val: Sequence[int], *clips: Clip, **more: Any) -> Dataset:
    given = clips or bodies(0, 1, 0, 1)
    return dataset(*given, splits={"train": list(train), "val": list(val)}, **more)


def on_disk(provenance: str) -> Callable[[Path], Dataset]:
    """Return what writes a file of the bytes "data", with provenance beside it."""

    def write(folder: Path) -> Dataset:
        (folder / "out.pkl").write_bytes(b"data")
        (folder / "out.pkl.skelconv.json").write_text(provenance)
        return Dataset(MemoryReader([body()]), path=str(folder / "out.pkl"))

    return write


class Damaged(MemoryReader):
    def read(self, index: int) -> Clip:
        if index:
            raise ClipError("its bytes are gone")
        return super().read(index)


def scaled(factor: float, layout: str = "ntu25") -> Dataset:
    clip = body(layout=layout)
    return dataset(clip.replace(keypoint=clip.keypoint * factor))


def mirrored(frames: slice, layout: str = "coco17") -> Dataset:
    """Exchange left and right in some frames."""
    left, right = np.array(layout_named(layout).pairs).T
    order = np.arange(17)
    order[left], order[right] = right, left
    return dataset(spoil(body(), lambda k: k.__setitem__((0, frames), k[0, frames][:, order])))


def looking_aside(frames: slice) -> Dataset:
    """Exchange them where the body is seen from aside, and both sides are at one place."""
    clip = body()
    keypoint = clip.keypoint.copy()
    keypoint[..., 0] = 1000 + (keypoint[..., 0] - 1000) * 0.05
    mirror = mirrored(frames)[0].keypoint.copy()
    mirror[..., 0] = 1000 + (mirror[..., 0] - 1000) * 0.05
    return dataset(clip.replace(keypoint=mirror))


def in_corner(*, img_shape: tuple[int, int]) -> Dataset:
    clips = [body(name, img_shape=img_shape) for name in "abcdefghij"]
    return dataset(*(clip.replace(keypoint=clip.keypoint - [600, 300]) for clip in clips))


def moved(pixels: float) -> Dataset:
    return dataset(spoil(body(), lambda k: k.__setitem__((0, slice(10, None)), k[0, 10:] + pixels)))


def names(*given: str, labels: Sequence[Any] = (0, 1)) -> Dataset:
    return dataset(*bodies(*labels), label_names=given)


def performers(train: str, val: str, division: str = "xsub") -> Dataset:
    clips = [body(f"S001C001{p}R001A001", seed=ord(p[-1]) + n) for n, p in enumerate((train, val))]
    return dataset(*clips, splits={f"{division}_train": [0], f"{division}_val": [1]})


def groups(train: str, val: str) -> Dataset:
    clips = [body(f"v_JumpRope_{name}") for name in (train, val)]
    return dataset(*clips, splits={"train1": [0], "test1": [1]})


NAN, INF = np.float32(np.nan), np.float32(np.inf)
NTU = {"layout": "ntu25"}

# By code: a dataset that has the finding, and one that has it not.
CASES: dict[str, tuple[Any, Any]] = {
    "SK101": (
        on_disk('{"output": {"bytes": 4, "sha256": "00"}}'),
        on_disk(
            '{"output": {"bytes": 4, "sha256": '
            '"3a6eb0790f39ac87c94f3856b2dd2c5d110e6811602261a9a923d3bb23adc8b7"}}'
        ),
    ),
    "SK102": (on_disk("["), on_disk('{"output": {"bytes": 4, "sha256": "00"}}')),
    "SK103": (dataset(), dataset(body())),
    "SK104": (dataset(body("a"), body("a")), dataset(body("a"), body("A"))),
    "SK105": (Dataset(Damaged(bodies(0, 0))), dataset(*bodies(0, 0))),
    "SK106": (
        dataset(body("a"), body("b").replace(keypoint=body("b").keypoint.astype(np.float16))),
        dataset(*bodies(0, 0)),
    ),
    "SK107": (dataset(body("a"), body("b", channels=3)), dataset(body("a"), body("b", frames=9))),
    "SK108": (dataset(body("a"), body("b", **NTU)), dataset(*bodies(0, 0))),
    "SK109": (dataset(body().replace(layout="coco71")), dataset(body())),
    "SK201": (
        split([0], [1], unknown={"val": ["gone"]}),
        split([0], [1], unknown={"val": []}),
    ),
    "SK202": (split([], [0, 1]), split([0], [1])),
    "SK203": (split([0, 0], [1]), split([0, 2], [1])),
    "SK204": (
        split([0, 1], [1, 2]),
        dataset(*bodies(0, 0), splits={"xsub_train": [0, 1], "xview_val": [1]}),
    ),
    "SK205": (split([0], [1]), split([0, 2], [1, 3])),
    "SK206": (dataset(body()), split([0], [1])),
    "SK301": (dataset(body(label=-1)), dataset(body(label=0))),
    "SK302": (dataset(body(label=2**63)), dataset(body(label=2**63 - 1))),
    "SK303": (names("walk", "run", labels=(0, 2)), names("walk", "run", labels=(0, 1))),
    # A class with a name may have no clip; a number without a name is a gap.
    "SK304": (names("", "walk", labels=(1,)), names("run", "walk", labels=(1,))),
    "SK305": (names("run", "", "walk", labels=(0, 2)), names("run", "hop", "walk", labels=(0, 2))),
    # A number without a name is no class.
    "SK306": (names("walk", "run", "jump"), names("walk", "", "run", labels=(0, 2))),
    "SK307": (names("Jump Rope", "jumprope"), names("jump rope", "jumping")),
    "SK308": (dataset(*bodies(0, None)), dataset(*bodies(None, None))),
    "SK309": (split([0, 2], [1, 3]), split([0, 1], [2, 3])),
    "SK310": (split([0, 1], [2]), split([0, 1], [2, 3])),
    "SK311": (dataset(*bodies(0, 0, 0, 1, 2)), dataset(*bodies(0, 0, 1, 1, 2))),
    "SK401": (dataset(body().replace(layout="ntu25")), dataset(body(**NTU))),
    "SK402": (
        dataset(body().replace(keypoint=np.concatenate([body().keypoint] * 2, axis=-1))),
        dataset(body(channels=3)),
    ),
    "SK403": (dataset(spoil(body(), put(0, 1, 2, 0, value=NAN))), dataset(spoil(body(), put(0)))),
    "SK404": (
        dataset(scored(body(), put(0, 1, 2, value=INF))),
        dataset(scored(body(), put(0, 1, 2))),
    ),
    "SK405": (
        dataset(scored(body(), put(0, 1, 2, value=1.01))),
        dataset(scored(body(), put(0, 1, 2, value=1))),
    ),
    "SK406": (
        dataset(scored(body(), put(...))),
        dataset(scored(spoil(body(), put(...)), put(...))),
    ),
    "SK407": (
        dataset(body().replace(keypoint=body().keypoint / np.float32([1920, 1080]))),
        dataset(body().replace(keypoint=body().keypoint / [1920, 1080], img_shape=None)),
    ),
    "SK408": (
        dataset(spoil(body(), lambda k: k[..., 0].__imul__(1.5)).replace(img_shape=(1920, 1080))),
        dataset(spoil(body(), lambda k: k[..., 0].__imul__(1.5))),
    ),
    "SK409": (dataset(body(img_shape=(300, 340))), dataset(body(img_shape=(600, 1100)))),
    "SK410": (
        dataset(spoil(body(channels=3), put(..., 2, value=0))),
        dataset(spoil(body(channels=3), put(..., 0, 2, value=0))),
    ),
    "SK411": (
        dataset(
            body().replace(
                keypoint=np.concatenate(
                    [body().keypoint, np.array(body().keypoint_score)[..., None]], axis=-1
                )
            )
        ),
        dataset(body(**NTU)),
    ),
    "SK412": (scaled(1000), scaled(1)),
    "SK413": (in_corner(img_shape=(1080, 1920)), in_corner(img_shape=(480, 640))),
    "SK501": (dataset(body(frames=0)), dataset(body(frames=1))),
    "SK502": (dataset(body(persons=0)), dataset(body(persons=1))),
    "SK503": (dataset(spoil(body(), put(...))), dataset(spoil(body(), put(0, slice(29))))),
    "SK504": (
        dataset(spoil(body(persons=2), put(1))),
        dataset(spoil(body(persons=2), put(1, slice(29)))),
    ),
    "SK505": (
        dataset(spoil(body(), put(0, slice(5, 21)))),
        dataset(spoil(body(persons=2), put(0, slice(5, 21)))),
    ),
    "SK506": (
        dataset(spoil(body(), put(0, slice(15)))),
        dataset(spoil(body(), put(0, slice(14))), spoil(body("b"), put(0, slice(15, 30)))),
    ),
    "SK507": (
        dataset(*(spoil(body(name), put(..., 3, slice(None))) for name in "ab")),
        dataset(spoil(body("a"), put(..., 3, slice(None))), body("b")),
    ),
    "SK508": (
        dataset(spoil(body("a"), put(..., 3, slice(None))), body("b")),
        dataset(spoil(body("a"), put(0, slice(29), 3)), body("b")),
    ),
    "SK601": (
        dataset(spoil(body(), lambda k: k.__setitem__((0,), k[0, :1]))),
        dataset(spoil(body(), lambda k: k.__setitem__((0, slice(29)), k[0, :1]))),
    ),
    "SK602": (
        dataset(spoil(body(), lambda k: k.__setitem__((0, slice(10, 26)), k[0, 10]))),
        dataset(spoil(body(), lambda k: k.__setitem__((0, slice(10, 25)), k[0, 10]))),
    ),
    "SK603": (moved(500), moved(60)),
    "SK604": (
        dataset(spoil(body(), put(0, 10, 9, value=[1900, 60]))),
        dataset(spoil(body(), put(0, 10, 9, value=0))),
    ),
    "SK605": (mirrored(slice(10, 12)), looking_aside(slice(10, 12))),
    "SK701": (
        dataset(body("a"), body("b").replace(keypoint=body("a").keypoint)),
        dataset(body("a"), body("b"), spoil(body("c"), put(...)), spoil(body("d"), put(...))),
    ),
    "SK702": (
        split([0], [1], body("a"), body("b", seed=97 * 97)),
        split([0, 1], [2], body("a"), body("b", seed=97 * 97), body("c")),
    ),
    "SK703": (performers("P001", "P001"), performers("P001", "P001", "xview")),
}

TRAINED: dict[str, tuple[Trainer, Dataset, Dataset]] = {
    "SK801": (Trainer(), dataset(body()), split([0], [1])),
    "SK802": (Trainer(layouts=("coco17",)), dataset(body(**NTU)), dataset(body())),
    "SK803": (Trainer(layouts=("coco17",), adapt="V"), dataset(body(**NTU)), dataset(body())),
    "SK804": (Trainer(coordinates=(2,)), dataset(body(**NTU)), dataset(body())),
    "SK805": (
        Trainer(persons=2),
        dataset(body(persons=3)),
        dataset(spoil(body(persons=3), put(2))),
    ),
    "SK806": (Trainer(), dataset(body(label=None)), dataset(body(label=0))),
    "SK807": (Trainer(), dataset(body(label=(0, 1))), dataset(body(label=0))),
    "SK808": (
        Trainer(needs={2: ("keypoint_score",)}),
        dataset(body(keypoint_score=None)),
        dataset(body(**NTU)),
    ),
    "SK809": (
        Trainer(check=lambda clip: ["it is too short"] if clip.total_frames < 9 else []),
        dataset(body(frames=8)),
        dataset(body(frames=9)),
    ),
}


def found(checked: Any, code: str, folder: Path, **more: Any) -> list[Finding]:
    """Return the findings of one code; a program that warns has not thought of something."""
    given = checked(folder) if callable(checked) else checked
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return [one for one in verify(given, **more).findings if one.code == code]


@pytest.mark.parametrize(
    ("code", "labels"), [("SK304", (1, 2, 3)), ("SK305", (0, 1, 3))], ids=["SK304", "SK305"]
)
def test_labels_without_names(code: str, labels: tuple[int, ...]) -> None:
    told, silent = (
        {one.code for one in verify(dataset(*bodies(*given))).findings}
        for given in (labels, (2, 1, 0))
    )
    assert code in told
    assert code not in silent


def test_each_finding_has_a_case() -> None:
    assert [*CASES, *TRAINED] == [rule.code for rule in RULES]


@pytest.mark.parametrize("code", CASES)
def test_it_is_found(code: str, tmp_path: Path) -> None:
    (finding,) = found(CASES[code][0], code, tmp_path)
    (rule,) = (rule for rule in RULES if rule.code == code)
    assert (finding.severity, finding.remedy) == (rule.severity, rule.remedy)
    assert finding.clips == len(finding.ids)


@pytest.mark.parametrize("code", CASES)
def test_it_is_not_found_where_it_is_not(code: str, tmp_path: Path) -> None:
    assert found(CASES[code][1], code, tmp_path) == []


@pytest.mark.parametrize("code", TRAINED)
def test_what_trainers_need(code: str, tmp_path: Path) -> None:
    trainer, bad, good = TRAINED[code]
    plugin = TrainerPlugin(name="picky", summary="Picky", create=lambda _: trainer)
    with installed_plugins(plugin):
        (finding,) = found(bad, code, tmp_path, trainer="picky")
        assert "picky" in finding.what or code == "SK809"
        assert found(good, code, tmp_path, trainer="picky") == []


@pytest.mark.parametrize(
    "checked",
    [
        split([0, 1], [2, 3]),
        split([0, 1], [2, 3], *(body(n, **NTU, label="abcd".index(n) % 2) for n in "abcd")),
        split([0, 1], [2, 3], *(body(n, layout="openpose25", persons=2) for n in "abcd")),
    ],
)
def test_sound_datasets_have_none(checked: Dataset) -> None:
    verification = verify(checked)
    assert verification.findings == ()
    assert verification.sound


def texts(checked: Dataset, *codes: str, **more: Any) -> Iterator[str]:
    return (one.what for one in verify(checked, select=codes, **more).findings)


class TestWords:
    """What findings say beside their titles."""

    def test_labels_from_1_and_the_number_of_classes(self) -> None:
        checked = dataset(*bodies(1, 2, 4))
        assert list(texts(checked, "SK3")) == [
            "labels go from 1 to 4, not from 0: a trainer must be given 5 classes",
            "labels 1 to 4, and 1 of them no clip has: 3; a trainer must be given 5 classes",
        ]
        assert verify(checked).num_classes == 5
        assert verify(names("walk", "run", "jump")).num_classes == 3

    def test_a_class_without_a_name_is_none(self) -> None:
        (finding,) = verify(names("walk", "", labels=(0, 1)), select=["SK303"]).findings
        assert (finding.what, finding.ids) == ("a label that is none of the 1 class", ("b",))
        assert list(texts(names("", "", "a"), "SK307")) == []

    def test_a_huge_label_is_not_counted_up_to(self) -> None:
        (what,) = texts(dataset(*bodies(0, 2**62)), "SK305")
        assert "and 4611686018427387903 of them no clip has; a trainer" in what

    def test_classes_of_one_part(self) -> None:
        checked = split([0, 2], [1, 3], label_names=("walk", "run"))
        assert list(texts(checked, "SK309", "SK310")) == [
            "1 class in val and not in train: 1 (run)",
            "1 class in train and not in val: 0 (walk)",
        ]

    @pytest.mark.parametrize(
        ("factor", "unit"),
        [
            (1000, "they look like millimetres"),
            (100, "they look like centimetres"),
            (0.01, "small"),
        ],
    )
    def test_units(self, factor: float, unit: str) -> None:
        (what,) = texts(scaled(factor), "SK412")
        assert unit in what

    @pytest.mark.parametrize("factor", [0.5, 3])
    def test_children_and_normalised_bodies_may_be_in_metres(self, factor: float) -> None:
        assert list(texts(scaled(factor), "SK412")) == []

    def test_pixels_in_3d_are_not_metres(self) -> None:
        clip = scaled(500)[0]
        assert list(texts(dataset(clip.replace(img_shape=(1080, 1920))), "SK412")) == []

    def test_joints_are_named(self) -> None:
        (finding,) = verify(CASES["SK508"][0], select=["SK508"]).findings
        assert finding.example == "left_ear"
        (finding,) = verify(CASES["SK507"][0], select=["SK507"]).findings
        assert finding.what == "joints are missing in all clips: left_ear"

    def test_a_joint_of_score_0_is_missing(self) -> None:
        """Wherever its coordinates are: it does not jump, and is not there."""
        far = scored(spoil(body(), put(0, 10, 9, value=[1900, 60])), put(0, 10, 9))
        assert list(texts(dataset(far), "SK6")) == []
        unsure = scored(body(), put(0, slice(None), 9))
        assert list(texts(dataset(unsure, body("b")), "SK508")) == [
            "joints are missing throughout the clip"
        ]

    def test_jumps_say_who_and_when(self) -> None:
        (finding,) = verify(moved(500), select=["SK603"]).findings
        assert finding.example.startswith("row 0 by 1.4 bodies at frame 10")

    def test_a_leg_that_appears_is_no_jump(self) -> None:
        legs = [13, 14, 15, 16]
        clip = spoil(body(), lambda k: k.__setitem__((0, slice(10), legs), 0))
        assert list(texts(dataset(clip), "SK603", "SK604")) == []

    def test_one_who_takes_the_row_of_another_after_a_gap_is_no_jump(self) -> None:
        clip = spoil(moved(600)[0], put(0, 9))
        assert list(texts(dataset(clip), "SK603")) == []

    def test_equal_clips_of_two_labels(self) -> None:
        checked = dataset(body("a", label=3), body("b", label=5).replace(keypoint=body().keypoint))
        (finding,) = verify(checked, select=["SK701"]).findings
        assert finding.example == "label 3, and b, label 5"

    def test_groups_of_ucf101(self) -> None:
        assert list(texts(groups("g01_c01", "g01_c02"), "SK703")) == [
            "groups in train1 and in test1: 1, such as JumpRope_g01"
        ]
        assert list(texts(groups("g01_c01", "g02_c01"), "SK703")) == []

    def test_a_plugin_says_who_is_in_its_clips(self) -> None:
        clips = [body(f"person{who}-{n}", seed=n) for n, who in enumerate((1, 2, 1))]
        checked = dataset(*clips, splits={"train": [0, 1], "val": [2]})
        assert list(texts(checked, "SK703")) == []
        own = SplitPlugin(
            name="own", summary="Own", create=lambda options: None, subject=r"(?P<guest>person\d)"
        )
        with installed_plugins(own):
            assert list(texts(checked, "SK703")) == [
                "guests in train and in val: 1, such as person1"
            ]
        broken = replace(own, subject="person")
        told = "the split 'own'.* has not one named group"
        with installed_plugins(broken), pytest.raises(PluginError, match=told):
            verify(checked)

    @pytest.mark.parametrize("division", ["oneshot", "zsl", "xset", "CV"])
    def test_protocols_that_share_subjects_on_purpose(self, division: str) -> None:
        assert list(texts(performers("P001", "P001", division), "SK703")) == []

    def test_persons_that_a_trainer_does_not_take(self) -> None:
        """The third row has 10 frames, of 70 in all."""
        crowd = spoil(body(persons=3), put(2, slice(20)))
        (what,) = texts(dataset(crowd), "SK805", trainer="stgcn")
        assert what == (
            "stgcn takes the first 2 rows of persons: 10 of 70 person-frames would be lost"
        )

    def test_openpose_for_a_graph_of_kinect(self) -> None:
        (what,) = texts(dataset(body(layout="openpose25")), "SK802", trainer="stgcn")
        assert what == (
            "the layout is openpose25, and stgcn's graphs are of ntu25 or coco17 or openpose18"
        )

    def test_overlaps_and_leaks_are_told_apart(self) -> None:
        """A clip in both parts is equal to itself, and no copy."""
        assert list(texts(split([0, 1], [1, 2]), "SK2", "SK7")) == [
            "splits train and val overlap",
            "clips are in no split",
        ]

    def test_a_layout_of_other_pairs(self) -> None:
        with installed_plugins(Layout("pair2", "Two", ("left", "right"), (), ((0, 1),))):
            clip = Clip("a", np.random.default_rng(0).uniform(1, 2, (1, 9, 2, 3)), "pair2")
            assert list(texts(dataset(clip), "SK6")) == []


@pytest.mark.parametrize(
    "shape", [(0, 0, 0, 0), (1, 4, 0, 2), (1, 4, 17, 0), (2, 0, 17, 2), (1, 1, 1, 1), (1, 1, 17, 2)]
)
def test_any_shape_can_be_looked_at(shape: tuple[int, ...]) -> None:
    clips = [Clip(name, np.ones(shape, np.float16), "coco17") for name in "ab"]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert verify(dataset(*clips, body("c"))).clips == 3


@pytest.mark.parametrize("value", [NAN, INF, -INF, 1e38, 65504, 1e-40])
def test_any_number_can_be_looked_at(value: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for layout in ("coco17", "ntu25"):
            wild = spoil(body(layout=layout), put(0, slice(3, 9), value=value))
            verify(dataset(wild, body("b", layout=layout)))
            verify(dataset(spoil(wild, put(..., value=value))))


def test_numbers_beyond_float32_are_infinity() -> None:
    clip = body().replace(keypoint=np.full((1, 30, 17, 2), 1e300))
    assert list(texts(dataset(clip), "SK403")) == ["NaN or infinity in keypoint"]


def test_integers_are_looked_at() -> None:
    whole = body().replace(keypoint=np.round(body().keypoint).astype(np.int32))
    assert [one.code for one in verify(dataset(whole), ignore=["SK206"]).findings] == []
