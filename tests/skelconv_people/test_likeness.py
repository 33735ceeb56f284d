import ast
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any, Optional

import numpy as np
import pytest

from skelconv import Clip, ClipError, Field, Layout, PluginError, layout_named
from skelconv_people.likeness import ByJoints

M, T, V = 3, 4, 17


@pytest.fixture(scope="module")
def oks_iou() -> Callable[..., np.ndarray]:
    """Return MMPose's function, from its file: the package around it takes COCO's tools."""
    package = Path(importlib.util.find_spec("mmpose").origin).parent
    tree = ast.parse((package / "evaluation/functional/nms.py").read_text())
    tree.body = [node for node in tree.body if getattr(node, "name", "") == "oks_iou"]
    names: dict[str, Any] = {"np": np, "Optional": Optional}
    exec(compile(tree, "nms.py", "exec"), names)  # a package's own file
    return names["oks_iou"]


def random_clip(seed: int, *, boxes: bool, layout: str = "coco17") -> Clip:
    rng = np.random.default_rng(seed)
    body = rng.uniform(0, 100, (1, 1, V, 2)) * (1, 2)
    keypoint = body + rng.normal(0, 12, (M, T, V, 2))
    corners = rng.uniform(0, 50, (M, T, 2))
    fields = {}
    if boxes:
        table = np.concatenate([corners, corners + rng.uniform(50, 300, (M, T, 2))], -1)
        fields = {
            "bbox": Field(table.astype(np.float32), "MTB"),
            "bbox_score": Field(np.ones((M, T), np.float32), "MT"),
        }
    score = rng.uniform(0.1, 1, (M, T, V)) * (rng.random((M, T, V)) > 0.3)
    return Clip(
        frame_dir="a",
        keypoint=keypoint.astype(np.float32),
        keypoint_score=score.astype(np.float32),
        layout=layout,
        fields=fields,
    )


@pytest.mark.parametrize("boxes", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_oks_is_that_of_mmpose(seed: int, boxes: bool, oks_iou: Callable[..., np.ndarray]) -> None:
    clip = random_clip(seed, boxes=boxes)
    likeness = ByJoints(clip)
    some = [(m, 0) for m in range(M)]
    others = [(m, t) for m in range(M) for t in range(1, T)]
    found = likeness(some, others)

    def area(place: tuple[int, int]) -> float:
        if boxes:
            left, top, right, bottom = clip.fields["bbox"].values[place].astype(float)
            return (right - left) * (bottom - top)
        seen = clip.keypoint[place][clip.keypoint_score[place] > 0].astype(float)
        width, height = seen.max(0) - seen.min(0)
        return width * height

    def flat(place: tuple[int, int]) -> np.ndarray:
        columns = [clip.keypoint[place], clip.keypoint_score[place][:, None]]
        return np.concatenate(columns, 1).astype(float).ravel()

    for i, one in enumerate(some):
        expected = oks_iou(
            flat(one),
            np.stack([flat(other) for other in others]),
            area(one),
            np.array([area(other) for other in others]),
            vis_thr=0,
        )
        np.testing.assert_allclose(found[i], expected, rtol=1e-5)
    assert 0.1 < found.mean() < 0.9


def test_the_same_person_is_alike_by_one_and_a_stranger_by_nothing() -> None:
    clip = random_clip(0, boxes=False)
    far = clip.keypoint.copy()
    far[1] += 5000
    likeness = ByJoints(clip.replace(keypoint=far))
    assert likeness([(0, 0)], [(0, 0), (1, 0)]).tolist() == [[1, 0]]


def test_who_has_no_joint_is_not_there() -> None:
    clip = random_clip(0, boxes=False)
    score = clip.keypoint_score.copy()
    score[1, 2] = 0
    likeness = ByJoints(clip.replace(keypoint_score=score))
    assert likeness.there.sum() == M * T - 1
    assert not likeness.there[1, 2]
    assert likeness([(0, 0)], [(1, 2)]).tolist() == [[0]]


def test_joints_that_coco_does_not_know_say_nothing() -> None:
    """OpenPose's neck, joint 1 of 18."""
    clip = random_clip(0, boxes=True)
    neck = np.full((M, T, 1, 2), 7, np.float32)
    openpose = clip.replace(
        keypoint=np.concatenate([clip.keypoint, neck * np.arange(T)[:, None, None]], 2)[
            :, :, [0, 17, *range(1, 17)]
        ],
        keypoint_score=None,
        layout="openpose18",
    )
    still = ByJoints(openpose)([(0, 0)], [(0, 1)])
    moved = openpose.keypoint.copy()
    moved[:, :, 1] = 900
    assert ByJoints(openpose.replace(keypoint=moved))([(0, 0)], [(0, 1)]) == still


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"keypoint": np.zeros((M, T, 0, 2)), "keypoint_score": None}, "under 'people'"),
        ({"keypoint": np.zeros((M, T, V, 3))}, "3D"),
        ({"layout": "toe17"}, "none of the joints of its layout 'toe17'"),
    ],
)
def test_clips_without_such_joints_are_refused(
    change: dict[str, Any], reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    toes = Layout("toe17", "Toes.", tuple(f"toe_{number}" for number in range(V)), ())
    layouts = {"coco17": layout_named("coco17"), "toe17": toes}
    monkeypatch.setattr("skelconv_people.likeness.layout_named", layouts.get)
    with pytest.raises((ClipError, PluginError), match=reason):
        ByJoints(random_clip(0, boxes=False).replace(**change))
