"""A detector and pose models for tests of video: people are red, green and blue rectangles."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from pydantic import Field

from skelconv import PluginError
from skelconv.plugin import (
    DetectorPlugin,
    Options,
    PoseModelPlugin,
    Poses,
    TransformPlugin,
    hookimpl,
)
from skelconv.vision import ModelOptions

Array = npt.NDArray[np.generic]
JOINTS = 17


class ToyOptions(ModelOptions):
    broken: bool = Field(False, description="Whether it cannot be made.")
    device: str = Field("cpu", description="Where it would run.")


def people(frame: Array) -> npt.NDArray[np.float32]:
    boxes = []
    for channel, score in enumerate((0.9, 0.8, 0.7)):
        others = np.delete(frame, channel, axis=2).max(2)
        rows, columns = np.nonzero((frame[..., channel] > 150) & (others < 100))
        if len(rows):
            edges = columns.min(), rows.min(), columns.max() + 1, rows.max() + 1
            boxes.append((*edges, score))
    return np.array(boxes, np.float32).reshape(-1, 5)


def skeletons(boxes: Array) -> Poses:
    """Joints on the diagonal of a box."""
    steps = np.linspace(0, 1, JOINTS, dtype=np.float32)
    near, far = boxes[:, np.newaxis, :2], boxes[:, np.newaxis, 2:4]
    keypoint = (near + (far - near) * steps[:, np.newaxis]).astype(np.float32)
    return Poses(keypoint, np.broadcast_to(0.5 + steps / 2, keypoint.shape[:2]))


class Detector:
    def detect(self, frames: Sequence[Array]) -> list[Array]:
        return [people(frame) for frame in frames]


class PoseModel:
    layout = "coco17"

    def estimate(self, frames: Sequence[Array], boxes: Sequence[Array]) -> list[Poses]:
        assert len(frames) == len(boxes)
        assert all(frame_boxes.shape[1] == 4 for frame_boxes in boxes)
        return [skeletons(frame_boxes) for frame_boxes in boxes]


class OneStage:
    layout = "coco17"

    def find(self, frames: Sequence[Array]) -> list[tuple[Array, Poses]]:
        return [(boxes, skeletons(boxes)) for boxes in map(people, frames)]


def _made(kind: type) -> object:
    def create(options: ToyOptions) -> object:
        if options.broken:
            raise PluginError("the weights are not for this model", where="toy.pth")
        return kind()

    return create


@hookimpl
def skelconv_detectors() -> Iterator[DetectorPlugin]:
    yield DetectorPlugin(
        name="toy-detector",
        summary="Finds red, green and blue rectangles",
        options=ToyOptions,
        create=_made(Detector),
        resources=ToyOptions.resources,
    )


@hookimpl
def skelconv_pose_models() -> Iterator[PoseModelPlugin]:
    yield PoseModelPlugin(
        name="toy-pose",
        summary="Joints on the diagonal of a box",
        options=ToyOptions,
        create=_made(PoseModel),
        requires=(("yaml", "pyyaml"),),
        resources=ToyOptions.resources,
    )
    yield PoseModelPlugin(
        name="toy-one-stage",
        summary="Rectangles and the joints on their diagonals",
        options=ToyOptions,
        create=_made(OneStage),
        one_stage=True,
    )


class FirstPersonOptions(Options):
    frames: int | None = Field(None, description="Break the rules, and keep so many frames.")


def _first_person(options: FirstPersonOptions) -> object:
    return lambda clip: clip.take("M", slice(1)).take("T", slice(options.frames))


@hookimpl
def skelconv_transforms() -> Iterator[TransformPlugin]:
    yield TransformPlugin(
        name="toy-first-person",
        summary="Keep the first person",
        options=FirstPersonOptions,
        on_boxes=True,
        create=_first_person,
    )
