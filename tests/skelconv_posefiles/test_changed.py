"""Files that change between the plan and the reading are not taken for those of the plan."""

import json
import os
from pathlib import Path

import pytest

import skelconv

FRAME = {"people": [{"pose_keypoints_2d": [10.0, 20.0, 0.5] * 25}]}
CSV = "frame,person,keypoint,x,y,score\n" + "".join(f"0,0,{n},1,2,0.5\n" for n in range(17))
OPTIONS = {
    "openpose": {"layout": "openpose25"},
    "pose-table": {"layout": "coco17"},
}


def write(root: Path, use: str, name: str) -> Path:
    """Write one clip, and return a file of it."""
    if use == "openpose":
        folder = root / name
        folder.mkdir(parents=True)
        for number in range(3):
            (folder / f"{name}_{number:012}_keypoints.json").write_text(json.dumps(FRAME))
        return folder / f"{name}_000000000001_keypoints.json"
    root.mkdir(exist_ok=True)
    path = root / f"{name}.csv"
    path.write_text(CSV)
    return path


class Change:
    """A progress that changes a file when the plan is made and nothing is loaded yet."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def begin(self, items: int, done: int) -> None:
        status = self._path.stat()
        os.utime(self._path, ns=(status.st_atime_ns, status.st_mtime_ns + 10**9))

    def advance(self, done: int, failed: int) -> None: ...

    def assembling(self) -> None: ...


@pytest.mark.parametrize("use", ["openpose", "pose-table"])
def test_a_clip_whose_file_changed_is_quarantined(tmp_path: Path, use: str) -> None:
    root = tmp_path / "poses"
    write(root, use, "a")
    changed = write(root, use, "b")
    recipe = {
        "name": "poses",
        "source": {"use": use, "with": {"root": str(root), **OPTIONS[use]}},
        "sink": {"use": "pickle", "with": {"path": str(tmp_path / "out.pkl")}},
    }
    report = skelconv.build(recipe, executor="serial", progress=Change(changed))
    assert report.clips == 1
    (clip,) = report.quarantined
    assert (clip.id, clip.reason) == ("b", "its file was changed while the build ran")
