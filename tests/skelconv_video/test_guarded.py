"""Errors of the plugins that a source of video calls name these plugins."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.memory import clip
from support.videos import scene, write_video

import skelconv
from skelconv import BuildError, ClipError, PluginError
from skelconv.plugin import DetectorPlugin, Poses
from skelconv.plugin.loading import load_registry, registry_in_use
from skelconv.plugin.registry import Offer, Registry
from skelconv_video.guarded import (
    GuardedDetector,
    GuardedOneStage,
    GuardedPoseModel,
    GuardedSplit,
    GuardedTransform,
)

FRAMES = [np.zeros((8, 8, 3), np.uint8)] * 2
BOXES = np.array([[1, 1, 5, 5, 0.9]], np.float32)
POSES = Poses(np.ones((1, 17, 2), np.float32), np.ones((1, 17), np.float32))


class Model:
    """Does one thing, whatever it is asked."""

    layout = "coco17"

    def __init__(self, act: Callable[..., Any]) -> None:
        self.detect = self.estimate = self.find = self.assign = act

    def __call__(self, *given: Any) -> Any:
        return self.detect(*given)


ASK: dict[str, Callable[[Model], Any]] = {
    "detector": lambda model: GuardedDetector("the toy", model).detect(FRAMES),
    "pose model": lambda model: GuardedPoseModel("the toy", model).estimate(
        FRAMES, [BOXES[:, :4]] * 2
    ),
    "one-stage": lambda model: GuardedOneStage("the toy", model).find(FRAMES),
    "transform": lambda model: GuardedTransform("the toy", model)(clip()),
    "split": lambda model: GuardedSplit("the toy", model).has("a"),
}


@pytest.mark.parametrize("kind", ASK)
def test_what_a_plugin_raises_is_its_own_failure(kind: str) -> None:
    def act(*given: Any) -> Any:
        raise ZeroDivisionError("of a model")

    with pytest.raises(PluginError, match=r"^the toy failed: ZeroDivisionError: of a model"):
        ASK[kind](Model(act))


@pytest.mark.parametrize("kind", ["detector", "pose model", "one-stage", "transform"])
def test_an_error_of_a_clip_stays_one(kind: str) -> None:
    def act(*given: Any) -> Any:
        raise ClipError("too dark")

    with pytest.raises(ClipError, match=r"^too dark$"):
        ASK[kind](Model(act))


@pytest.mark.parametrize("kind", ["detector", "pose model", "one-stage", "transform"])
def test_a_generator_is_not_an_answer(kind: str) -> None:
    with pytest.raises(PluginError, match=r"^the toy failed: .* a generator, not a"):
        ASK[kind](Model(lambda *given: (BOXES for _ in FRAMES)))


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("detector", None),
        ("detector", BOXES.tolist()),
        ("detector", BOXES[:, :4]),
        ("detector", BOXES[0]),
        ("pose model", BOXES),
        ("pose model", tuple(POSES)),
        ("pose model", Poses(POSES.keypoint.repeat(2, 0), POSES.keypoint_score.repeat(2, 0))),
        ("pose model", Poses(POSES.keypoint, POSES.keypoint[..., 0, 0])),
        ("pose model", Poses(POSES.keypoint.tolist(), POSES.keypoint_score)),  # type: ignore[arg-type]
        ("one-stage", BOXES),
        ("one-stage", (BOXES, None)),
        ("one-stage", (BOXES[:0], POSES)),
    ],
)
def test_an_answer_of_another_form_is_reported(kind: str, answer: Any) -> None:
    with pytest.raises(PluginError, match=r"^the toy failed: for a frame"):
        ASK[kind](Model(lambda *given: [answer] * len(FRAMES)))


def test_answers_in_the_right_form_are_given_as_they_are() -> None:
    assert ASK["detector"](Model(lambda frames: [BOXES] * 2)) == [BOXES] * 2
    assert ASK["pose model"](Model(lambda *given: (POSES, POSES))) == (POSES, POSES)
    pair = (BOXES, POSES)
    assert ASK["one-stage"](Model(lambda frames: [pair, pair])) == [pair, pair]
    assert ASK["split"](Model(lambda name: ["val"])) is True
    assert ASK["split"](Model(lambda name: ())) is False


def build(detector: Any, folder: Path) -> Any:
    """Build a pickle of one video with a detector."""
    plugin = DetectorPlugin(name="own", summary="Own", create=lambda options: detector)
    write_video(folder / "a.mkv", [scene([(4, 4, 20, 20)])] * 3)
    offers = [*load_registry().offers, Offer("detector", plugin, "acme", "1")]
    recipe = {
        "skelconv": 1,
        "name": "own",
        "source": {
            "use": "video-pose",
            "with": {"root": str(folder), "detector": "own", "pose": "toy-pose"},
        },
        "sink": {"use": "pickle", "with": {"path": str(folder / "a.pkl")}},
    }
    with registry_in_use(Registry(offers)):
        return skelconv.build(recipe, executor="serial")


def test_a_build_names_the_detector_that_failed(tmp_path: Path) -> None:
    def act(*given: Any) -> Any:
        raise ZeroDivisionError("of a model")

    with pytest.raises(
        BuildError, match="the detector 'own' failed: ZeroDivisionError: of a model"
    ):
        build(Model(act), tmp_path)


def test_a_detector_that_is_not_one_ends_the_build(tmp_path: Path) -> None:
    with pytest.raises(PluginError, match=r"the detector 'own' failed: .* without detect"):
        build(object(), tmp_path)
