"""The audit as a whole: one pass, bounded findings, and its exit codes and output."""

import json
import pickle
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from support.bodies import body
from support.memory import MemoryReader, dataset

from skelconv import Clip, Dataset, PluginError, verify
from skelconv.cli.app import run
from skelconv.datasets.verify.findings import MAX_IDS


def test_each_clip_is_read_once() -> None:
    reader = MemoryReader([body(name) for name in "abcde"])
    verify(Dataset(reader), "stgcn")
    assert reader.reads == [0, 1, 2, 3, 4]


def test_only_clips_that_may_be_equal_are_read_again() -> None:
    reader = MemoryReader([body("a"), body("b"), body("c").replace(keypoint=body("a").keypoint)])
    verify(Dataset(reader))
    assert reader.reads == [0, 1, 2, 0, 2]


def test_the_worst_come_first() -> None:
    found = verify(dataset(body("a", label=-1), body("a", label=3)), "stgcn").findings
    kinds = [(one.severity, one.code) for one in found]
    assert kinds == [
        ("error", "SK104"),
        ("error", "SK301"),
        ("warning", "SK304"),
        ("warning", "SK701"),
        ("warning", "SK801"),
    ]
    assert str(found[1]) == "SK301 a negative label: a (-1)"


def test_notes_leave_it_sound_and_warnings_do_not() -> None:
    noted = verify(dataset(body()))
    assert [one.code for one in noted.findings] == ["SK206"]
    assert noted.sound
    warned = verify(dataset(body()), "stgcn")
    assert [one.code for one in warned.findings] == ["SK801"]
    assert not warned.sound


class Repeated(MemoryReader):
    """Many clips without holding them: one clip under many ids."""

    def __init__(self, count: int, clip: Clip) -> None:
        super().__init__([clip])
        self.ids = [str(number) for number in range(count)]
        self.labels = [0] * count

    def read(self, index: int) -> Clip:
        one = self._clips[0]
        return one.replace(id=self.ids[index], keypoint=one.keypoint + np.float32(index / 1e4))


def test_a_finding_counts_all_clips_and_names_a_bounded_number() -> None:
    reader = Repeated(MAX_IDS + 5, body(frames=1, label=None))
    (finding,) = verify(Dataset(reader), "stgcn", select=["SK806"]).findings
    assert finding.clips == MAX_IDS + 5
    assert list(finding.ids) == reader.ids[:MAX_IDS]
    assert str(finding).endswith(f"{MAX_IDS + 5} clips, the first is 0")


def test_findings_that_numbers_tell_apart_are_bounded() -> None:
    clips = [Clip(f"c{v}", np.ones((1, 1, v, 2)), "coco17") for v in range(1, 99)]
    found = verify(dataset(*clips), select=["SK401"]).findings
    assert len(found) == 21
    assert sum(one.clips for one in found) == 97


def test_memory_is_that_of_few_clips() -> None:
    def peak(count: int) -> int:
        opened = Dataset(Repeated(count, body(frames=100)))
        len(opened.ids), len(opened.labels)
        tracemalloc.start()
        verify(opened)
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(200)  # what is loaded once
    few, many = peak(200), peak(2000)
    assert many < few + 200 * 1800  # 13.6 kB would be a clip


def test_an_unknown_trainer() -> None:
    with pytest.raises(PluginError, match="there is no trainer 'stgnc': did you mean 'stgcn'"):
        verify(dataset(body()), "stgnc")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(*clips: Clip, splits: dict[str, Sequence[str]] | None = None) -> None:
    annotations = [
        {
            "frame_dir": one.id,
            "label": one.label,
            "total_frames": one.total_frames,
            "img_shape": one.img_shape,
            "original_shape": one.img_shape,
            "keypoint": one.keypoint,
            "keypoint_score": one.keypoint_score,
        }
        for one in clips
    ]
    content = {"split": splits or {}, "annotations": annotations}
    Path("data.pkl").write_bytes(pickle.dumps(content))


class TestCommand:
    def test_sound(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(*map(body, "ab"), splits={"train": ["a"], "val": ["b"]})
        assert run(["verify", "data.pkl", "--for", "posec3d"]) == 0
        assert capsys.readouterr().out == "data.pkl: 2 clips, 1 class: sound\n"

    def test_warnings(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(*(body(name, label=2) for name in "ab"))
        assert run(["verify", "data.pkl"]) == 2
        assert capsys.readouterr().out == (
            "warning SK304  labels go from 2 to 2, not from 0: a trainer must be given 3\n"
            "       classes\n"
            "    -> use renumber, or give the trainer one class more than the highest label\n"
            "note SK206  there are no splits\n"
            "    -> add a split to the recipe; `skelconv list-plugins --kind split` lists\n"
            "       them\n"
            "data.pkl: 2 clips, 3 classes: not sound, 1 warning, 1 note\n"
        )

    def test_errors(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        bad = [body(f"video_{number}", label=-1) for number in range(5)]
        write(*bad)
        assert run(["verify", "data.pkl", "--select", "SK3,SK4"]) == 1
        assert capsys.readouterr().out == (
            "error SK301  a negative label\n"
            "    5 clips: video_0 (-1), video_1, video_2, ...\n"
            "    -> labels count from 0; use relabel or renumber\n"
            "data.pkl: 5 clips, 0 classes: not sound, 1 error\n"
        )

    def test_what_is_ignored_does_not_spoil(self, folder: Path) -> None:
        write(*(body(name, label=-1) for name in "ab"))
        assert run(["verify", "data.pkl", "--ignore", "SK301", "--ignore", "SK2"]) == 0

    def test_json_has_all(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(*(body(f"v{number}", label=-1) for number in range(5)))
        assert run(["verify", "data.pkl", "--json", "--ignore", "SK2"]) == 1
        assert json.loads(capsys.readouterr().out) == {
            "clips": 5,
            "num_classes": 0,
            "sound": False,
            "findings": [
                {
                    "code": "SK301",
                    "severity": "error",
                    "what": "a negative label",
                    "remedy": "labels count from 0; use relabel or renumber",
                    "clips": 5,
                    "ids": ["v0", "v1", "v2", "v3", "v4"],
                    "example": "-1",
                }
            ],
        }

    def test_a_code_that_there_is_not(
        self, folder: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write(body())
        assert run(["verify", "data.pkl", "--select", "SK105,XY1"]) == 1
        assert "no finding has the code 'XY1'" in capsys.readouterr().err

    def test_names_make_no_lines(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(body("a\ndata.pkl: 1 clip: sound", label=-1))
        assert run(["verify", "data.pkl"]) == 1
        assert "\ndata.pkl: 1 clip: sound" not in capsys.readouterr().out

    def test_every_line_is_short(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        write(*(body(f"{n}_a_name_of_usual_length", label=n, frames=1) for n in range(1, 99, 3)))
        run(["verify", "data.pkl", "--for", "stgcn"])
        assert max(map(len, capsys.readouterr().out.splitlines())) <= 80
