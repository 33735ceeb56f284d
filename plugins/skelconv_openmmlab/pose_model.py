"""The pose model ``mmpose``."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from skelconv import PluginError, Poses, as_plugin_error, layout_named, top_down
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
        self._joints = len(layout_named(options.layout).joints)
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
        person = np.zeros((64, 64, 3), np.uint8), np.array([8, 8, 56, 56], np.float32)
        ready = self._prepared([person] * (options.batch if options.compile else 1))
        shape = next(self._run(ready))[0].shape
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
        return top_down(
            frames,
            boxes,
            joints=self._joints,
            batch=self._options.batch,
            turn=in_bgr,
            prepare=self._prepared,
            run=self._run,
        )

    def _prepared(
        self, people: Sequence[tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]]
    ) -> list[dict[str, Any]]:
        return [
            self._pipeline(
                {
                    "img": frame,
                    "bbox": box[np.newaxis],
                    "bbox_score": np.ones(1, np.float32),
                    **self._meta,
                }
            )
            for frame, box in people
        ]

    def _run(self, ready: Sequence[dict[str, Any]]) -> Iterator[tuple[Any, Any]]:
        for result in run(self._model, ready, self._options):
            yield result.pred_instances.keypoints[0], result.pred_instances.keypoint_scores[0]


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
