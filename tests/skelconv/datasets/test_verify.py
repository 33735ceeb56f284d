"""What ``verify`` finds, each fault made on purpose."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from support.memory import MemoryReader, clip, dataset

from skelconv import Clip, Dataset, PluginError, verify
from skelconv.plugin import TrainerPlugin
from skelconv.testing import installed_plugins


def found_in(checked: Dataset, **keywords: object) -> list[str]:
    return [str(finding) for finding in verify(checked, **keywords).findings]  # type: ignore[arg-type]


def sound() -> list[Clip]:
    return [clip(f"c{n}", label=n % 2, seed=n) for n in range(4)]


SPLITS = {"xsub_train": [0, 1], "xsub_val": [2, 3], "xview_train": [1, 2], "xview_val": [0, 3]}


def test_a_sound_dataset_has_no_findings() -> None:
    checked = dataset(*sound(), splits=SPLITS, label_names=("walk", "run"))
    assert found_in(checked) == []
    assert verify(checked).sound


def test_ids_and_splits() -> None:
    clips = [*sound(), clip("c1")]
    splits = {"train": [0, 1, 1], "val": [1, 2], "test": [3]}
    findings = found_in(dataset(*clips, splits=splits, unknown={"val": ["gone", "lost"]}))
    assert findings == [
        "the id is there more than once: c1",
        "split val names clips that are missing: 2 clips, the first is gone",
        "split train names a clip twice",
        "splits train and val overlap: c1",
    ]


def spoil(change: Callable[[np.ndarray], None]) -> Clip:
    good = clip("bad")
    keypoint = good.keypoint.copy()
    change(keypoint)
    return good.replace(keypoint=keypoint)


@pytest.mark.parametrize(
    ("bad", "finding"),
    [
        (clip("bad", persons=0), "no person"),
        (clip("bad", frames=0), "no frames"),
        (clip("bad", channels=4), "4 coordinates, not 2 or 3"),
        (clip("bad", label=2), "a label beyond the 2 classes"),
        (clip("bad", label=-1), "a negative label"),
        (clip("bad", label=(0, 7)), "a label beyond the 2 classes"),
        (clip("bad").replace(keypoint_score=np.full((1, 4, 17), np.inf)), "in keypoint_score"),
        (spoil(lambda k: k.__setitem__((0, 1, 2, 0), np.nan)), "NaN or infinity in keypoint"),
        (
            spoil(lambda k: k[..., 0].__imul__(1.9)).replace(img_shape=(1920, 1080)),
            r"img_shape looks like \(width, height\)",
        ),
        (clip("bad", joints=25, layout="ntu25"), None),
        (clip("bad", joints=17, layout="ntu25"), "17 keypoints, where ntu25 has 25"),
    ],
)
def test_faults_of_a_clip(bad: Clip, finding: str | None) -> None:
    findings = found_in(dataset(bad, label_names=("walk", "run")))
    assert len(findings) == (finding is not None)
    assert all(re.search(str(finding), found) and found.endswith("bad") for found in findings)


def test_a_label_beyond_64_bits() -> None:
    assert found_in(dataset(clip("a", label=2**63 - 1), clip("b", label=(0, 2**63)))) == [
        "a label beyond 64 bits: b"
    ]


def test_types_that_differ() -> None:
    half = clip("half")
    half = half.replace(keypoint=half.keypoint.astype(np.float16))
    assert found_in(dataset(clip("full"), half)) == [
        "keypoints are of several types: float32 (1), float16 (1)"
    ]


class Picky:
    """A trainer that takes no clip whose id is in a list."""

    def check(self, clip: Clip) -> Iterator[str]:
        if clip.id in ("c1", "c2"):
            yield "picky does not like it"


def test_what_a_trainer_cannot_use() -> None:
    trainer = TrainerPlugin(name="picky", summary="Picky", create=lambda _: Picky())
    with installed_plugins(trainer):
        checked = dataset(*sound(), splits=SPLITS)
        assert found_in(checked, trainer="picky") == [
            "picky does not like it: 2 clips, the first is c1"
        ]
        assert found_in(dataset(clip()), trainer="picky") == [
            "picky is trained on splits, and there are none"
        ]
        with pytest.raises(PluginError, match="there is no trainer 'piky': did you mean 'picky'"):
            verify(checked, "piky")


def test_the_digest_of_the_provenance(tmp_path: Path) -> None:
    path = tmp_path / "out.pkl"
    path.write_bytes(b"changed")
    provenance = tmp_path / "out.pkl.skelconv.json"
    provenance.write_text('{"output": {"bytes": 7, "sha256": "00"}}')
    (finding,) = found_in(Dataset(MemoryReader([clip()]), path=str(path)))
    assert "digest" in finding
