"""The pose model ``mmpose``."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from skelconv import PluginError, Poses, ahead, as_plugin_error, batches
from skelconv.registry import load_registry
from skelconv_openmmlab.models import build_model, in_bgr, load_config, run
from skelconv_openmmlab.stack import prepare

if TYPE_CHECKING:
    from skelconv_openmmlab.plugin import MmposeOptions


class MmposePoseModel:
    """Joints by a top-down model of MMPose, whole batches of people of many frames at once.

    Each person goes through the config's own test pipeline, so that joints are those of
    ``mmpose.apis.inference_topdown`` on one frame after the other.

    Parameters
    ----------
    options : MmposeOptions
        Which model, and how it is run.

    Raises
    ------
    SkelconvError
        When the config or the weights cannot be used, the model is not top-down or has other
        joints than the layout, or the device is not there.
    """

    def __init__(self, options: MmposeOptions) -> None:
        prepare()
        # What is imported is registered. Not by MMPose's `register_all_modules`, which takes its
        # drawing too, and that takes torchvision.
        import mmpose.datasets
        import mmpose.models  # noqa: F401
        from mmengine.dataset import Compose
        from mmpose.registry import MODELS

        config = load_config(options.config, "mmpose")
        if config.model.get("type") != "TopdownPoseEstimator":
            raise PluginError(
                f"it is a {config.model.get('type')}; only top-down models are run here",
                where=options.config,
            )
        self.layout = options.layout
        self._options = options
        self._joints = len(load_registry().layout(options.layout).joints)
        with as_plugin_error("it has no pipeline for tests, or no dataset", options.config):
            pipeline = [
                {**step, "type": f"mmpose.{step['type'].removeprefix('mmpose.')}"}
                for step in config.test_dataloader.dataset.pipeline
            ]
            self._pipeline = Compose(pipeline)
            self._meta = _dataset_meta(config)
        self._model: Any = build_model(config, "mmpose", MODELS.build, options)
        with as_plugin_error("it cannot be run", options.config):
            self._try()

    def _try(self) -> None:
        """Run the model once: what it lacks is told at once, and not by every clip."""
        options = self._options
        blank, box = np.zeros((64, 64, 3), np.uint8), np.array([8, 8, 56, 56], np.float32)
        ready = self._prepared([blank], [(0, box)] * (options.batch if options.compile else 1))
        shape = run(self._model, ready, options)[0].pred_instances.keypoints.shape[1:]
        if shape != (self._joints, 2):
            raise PluginError(
                f"its model has {shape[0]} joints in {shape[1]}D, and the layout "
                f"{options.layout!r} {self._joints}, which are to be in 2D",
                where=options.config,
                hint="set `layout` to the one that the model was trained for",
            )

    def estimate(
        self, frames: Sequence[npt.NDArray[np.uint8]], boxes: Sequence[npt.NDArray[np.float32]]
    ) -> list[Poses]:
        """Find the joints of the people in each frame; see `skelconv.PoseModel`."""
        people = [(number, box) for number, some in enumerate(boxes) for box in some.reshape(-1, 4)]
        keypoint = np.zeros((len(people), self._joints, 2), np.float32)
        score = np.zeros((len(people), self._joints), np.float32)
        done = 0
        prepared = partial(self._prepared, frames)
        for data in ahead(map(prepared, batches(people, self._options.batch))):
            for result in run(self._model, data, self._options):
                keypoint[done] = result.pred_instances.keypoints[0]
                score[done] = result.pred_instances.keypoint_scores[0]
                done += 1
        ends = np.cumsum([len(in_frame) for in_frame in boxes])
        return [
            Poses(keypoint[end - len(in_frame) : end], score[end - len(in_frame) : end])
            for in_frame, end in zip(boxes, ends, strict=True)
        ]

    def _prepared(
        self,
        frames: Sequence[npt.NDArray[np.uint8]],
        people: Sequence[tuple[int, npt.NDArray[np.float32]]],
    ) -> list[dict[str, Any]]:
        turned = {number: in_bgr(frames[number]) for number in {number for number, _ in people}}
        return [
            self._pipeline(
                {
                    "img": turned[number],
                    "bbox": box[np.newaxis],
                    "bbox_score": np.ones(1, np.float32),
                    **self._meta,
                }
            )
            for number, box in people
        ]


def _dataset_meta(config: Any) -> dict[str, Any]:
    """Return what MMPose knows of the dataset's joints: flipped ones are swapped by it."""
    from mmpose.datasets.datasets.utils import parse_pose_metainfo
    from mmpose.registry import DATASETS

    dataset = config.train_dataloader.dataset
    described = dataset.get("metainfo") or DATASETS.get(dataset.type).METAINFO
    with warnings.catch_warnings():
        # It finds its own file in its wheel, and says so.
        warnings.filterwarnings("ignore", "The metainfo config file")
        return dict(parse_pose_metainfo(described))
