"""Source, layout, split and recipe: skelconv's checks, and values that are known."""

from pathlib import Path

import numpy as np
import pytest
from skelconv_fpha import plugin
from skelconv_fpha.layout import FPHA21
from skelconv_fpha.official import LIST, OfficialSplit
from skelconv_fpha.recordings import Recordings

import skelconv
from skelconv import BuildError, ClipError
from skelconv.plugin import layout_named
from skelconv.testing import (
    check_descriptor,
    check_layout,
    check_recipes,
    check_source,
    check_split,
)

# Of the benchmark's own README.
ORDER = "Wrist TMCP IMCP MMCP RMCP PMCP TPIP TDIP TTIP IPIP IDIP ITIP MPIP MDIP MTIP RPIP RDIP RTIP"
ORDER += " PPIP PDIP PTIP"


def test_the_descriptors_are_complete() -> None:
    for descriptor in (*plugin.skelconv_sources(), *plugin.skelconv_splits()):
        check_descriptor(descriptor)


def test_the_layout_has_the_joints_in_the_order_of_the_files() -> None:
    check_layout(FPHA21)
    letters = {"thumb": "T", "index": "I", "middle": "M", "ring": "R", "little": "P"}
    short = [
        f"{letters[finger]}{part.upper()}"
        for finger, _, part in (joint.partition("_") for joint in FPHA21.joints[1:])
    ]
    assert ["Wrist", *short] == ORDER.split()
    assert FPHA21.joints != layout_named("hand21").joints
    bones = {FPHA21.joints[one]: FPHA21.joints[parent] for one, parent in FPHA21.bones}
    assert bones["ring_tip"] == "ring_dip"
    assert bones["ring_pip"] == "ring_mcp"
    assert bones["ring_mcp"] == "wrist"


def test_what_a_clip_holds(root: Path) -> None:
    clips = check_source(Recordings(root))
    assert len(clips) == 12
    assert clips[0].id == "Subject_1/charge_cell_phone/1"
    clip = next(clip for clip in clips if clip.id == "Subject_2/open_juice_bottle/2")
    assert (clip.layout, clip.label, clip.keypoint.shape) == ("fpha21", 2, (1, 4, 21, 3))
    # Millimetres become metres.
    np.testing.assert_allclose(clip.keypoint[0, 3, 20], [0.020, 0.003, 0.0005], rtol=1e-6)


def test_what_is_not_there_and_what_is_not_listed(root: Path) -> None:
    folder = root / "Hand_pose_annotation_v1"
    (folder / "Subject_1" / "clap" / "2").rename(folder / "Subject_1" / "clap" / "9")
    inventory = Recordings(root).inventory()
    assert list(inventory.absent) == ["Subject_1/clap/2"]
    assert list(inventory.strays) == ["Subject_1/clap/9/skeleton.txt"]
    assert list(inventory.label_names) == ["charge_cell_phone", "clap", "open_juice_bottle"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("0 1 2", "has 3 numbers, not 64"),
        (" ".join(["0", *["x"] * 63]), "no number"),
        (" ".join(["0.5", *["1"] * 63]), "frame 0.5 is there twice, or cannot be"),
        (" ".join(["0", *["nan"] * 63]), "not finite"),
        (" ".join(["-1", *["1"] * 63]), "cannot be"),
        (" ".join(["999999999", *["1"] * 63]), "cannot be"),
        ("", "no frames"),
    ],
)
def test_a_damaged_file(line: str, said: str, root: Path) -> None:
    source = Recordings(root)
    item = source.inventory().items[0]
    Path(item.ref[0]).write_text(line)
    with pytest.raises(ClipError, match=said) as caught:
        source.load(item)
    assert caught.value.path == item.ref[0]


def test_a_frame_without_a_line_is_missing(root: Path) -> None:
    source = Recordings(root)
    item = source.inventory().items[-1]
    lines = Path(item.ref[0]).read_text().splitlines()
    Path(item.ref[0]).write_text("\n".join([lines[0], lines[3]]))
    clip = source.load(item)
    assert clip.total_frames == 4
    assert clip.present().any(axis=(0, 2)).tolist() == [True, False, False, True]


def test_the_split(root: Path) -> None:
    split = OfficialSplit(root)
    ids = [item.id for item in Recordings(root).inventory().items]
    check_split(split, ids)
    assert split.assign("Subject_1/clap/1") == ["train"]
    assert split.assign("Subject_2/clap/2") == ["test"]
    assert set(split.listed()) == set(ids)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("Training 6", "Training 7", "train has 6 clips, and 7 by its heading"),
        ("Training 6\n", "", "before a heading"),
        ("Subject_1/clap/1 1", "../../etc/1 1", "neither a heading nor a clip"),
        ("Subject_1/clap/1 1", "Subject_1/clap/1 0", "class 0 is charge_cell_phone above"),
        ("Subject_2/clap/1 1", "Subject_1/clap/1 1", "listed twice"),
    ],
)
def test_a_damaged_list(before: str, after: str, said: str, root: Path) -> None:
    path = root / LIST
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(BuildError, match=said):
        OfficialSplit(root)


def test_its_recipe_builds(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FPHA_ROOT", str(root))
    monkeypatch.chdir(tmp_path)
    (folder,) = plugin.skelconv_recipes()
    skelconv.build(check_recipes(folder)["fpha"], executor="serial")
    dataset = skelconv.open("out/fpha.pkl")
    assert {name: len(rows) for name, rows in dataset.splits.items()} == {"train": 6, "test": 6}
    assert dataset.layout == "fpha21"
