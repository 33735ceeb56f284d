"""The pose model ``mmpose``."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from skelconv import PluginError
from skelconv.plugin import Poses, as_plugin_error, layout_named
from skelconv.vision import in_bgr, top_down
from skelconv_openmmlab.models import Runner, build_model, load_config
from skelconv_openmmlab.stack import prepare

if TYPE_CHECKING:
    from skelconv_openmmlab.options import MmposeOptions


class MmposePoseModel:
    """Finds joints with a top-down model of MMPose, in batches of people of several frames.

    Each person goes through the test pipeline of the config, so the joints are those that
    ``mmpose.apis.inference_topdown`` finds in one frame after the other.

    Parameters
    ----------
    options : MmposeOptions
        The model, and how to run it.

    Raises
    ------
    SkelconvError
        When the config, the weights or the device cannot be used, or the model is not top-down
        or has other joints than the layout.
    """

    def __init__(self, options: MmposeOptions) -> None:
        prepare()
        # Importing registers them. MMPose's `register_all_modules` would import its drawing too,
        # which needs torchvision.
        import mmpose.datasets
        import mmpose.models  # noqa: F401
        from mmengine.dataset import Compose
        from mmpose.registry import MODELS

        self._where = options.chosen().config
        config = load_config(self._where, "mmpose")
        if config.model.get("type") != "TopdownPoseEstimator":
            raise PluginError(
                f"it is a {config.model.get('type')}; only top-down models are run here",
                where=self._where,
            )
        self.layout = options.known_layout() or "coco17"
        self._options = options
        self.across_clips = options.fixed_batch
        self._joints = len(layout_named(self.layout).joints)
        with as_plugin_error("it has no pipeline for tests, or no dataset", self._where):
            pipeline = [
                {**step, "type": f"mmpose.{step['type'].removeprefix('mmpose.')}"}
                for step in config.test_dataloader.dataset.pipeline
            ]
            self._pipeline = Compose(pipeline)
            self._meta = _dataset_meta(config)
        self._model: Any = build_model(config, "mmpose", MODELS.build, options)
        self._runner = Runner(self._model, options)
        with as_plugin_error("it cannot be run", self._where):
            self._try()

    def _try(self) -> None:
        """Run the model once, so that what it lacks is reported at once, not for every clip."""
        options = self._options
        person = np.zeros((64, 64, 3), np.uint8), np.array([[8, 8, 56, 56]], np.float32)
        ready = self.cut(*person) * (options.batch if options.compile else 1)
        self.cut_bytes = ready[0]["inputs"].nbytes
        shape = next(self._run(ready))[0].shape
        if shape != (self._joints, 2):
            raise PluginError(
                f"its model has {shape[0]} joints in {shape[1]}D; the layout "
                f"{self.layout!r} needs {self._joints}, in 2D",
                where=self._where,
                hint="set `layout` to the one that the model was trained for",
            )

    def estimate(
        self, frames: Sequence[npt.NDArray[np.uint8]], boxes: Sequence[npt.NDArray[np.float32]]
    ) -> list[Poses]:
        """Find the joints of the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.
        boxes : sequence of ndarray of shape (N, 4)
            For each frame, left, top, right and bottom of each person in pixels, float32.

        Returns
        -------
        list of Poses
            For each frame, the joints of its N people.
        """
        return self.estimate_cut(map(self.cut, frames, boxes))

    def cut(
        self, frame: npt.NDArray[np.uint8], boxes: npt.NDArray[np.float32]
    ) -> list[dict[str, Any]]:
        """Put people of a frame through the pipeline; see `skelconv.plugin.CuttingPoseModel`.

        Parameters
        ----------
        frame : ndarray of shape (H, W, 3)
            RGB, uint8.
        boxes : ndarray of shape (N, 4)
            Left, top, right and bottom of each person in pixels, float32.

        Returns
        -------
        list of dict
            What `estimate_cut` needs of each person.
        """
        if not len(boxes):
            return []
        image = in_bgr(frame)
        return [
            self._pipeline(
                {
                    "img": image,
                    "bbox": box[np.newaxis],
                    "bbox_score": np.ones(1, np.float32),
                    **self._meta,
                }
            )
            for box in boxes
        ]

    def estimate_cut(self, people: Iterable[Sequence[dict[str, Any]]]) -> list[Poses]:
        """Find the joints of people who were cut out.

        Parameters
        ----------
        people : iterable of sequence
            For each frame what `cut` gave for each of its N people.

        Returns
        -------
        list of Poses
            For each frame, the joints of its N people.
        """
        return top_down(
            people,
            joints=self._joints,
            batch=self._options.batch,
            fixed=self._options.fixed_batch,
            prepare=list,
            run=self._run,
        )

    def _run(self, ready: Sequence[dict[str, Any]]) -> Iterator[tuple[Any, Any]]:
        for found in self._runner.run(ready):
            yield found.keypoints[0], found.keypoint_scores[0]


def _dataset_meta(config: Any) -> dict[str, Any]:
    """Return what MMPose knows of the dataset's joints; flipping needs it to swap them."""
    from mmpose.datasets.datasets.utils import parse_pose_metainfo
    from mmpose.registry import DATASETS

    dataset = config.train_dataloader.dataset
    described = dataset.get("metainfo") or DATASETS.get(dataset.type).METAINFO
    with warnings.catch_warnings():
        # It warns that it found its own file in its wheel.
        warnings.filterwarnings("ignore", "The metainfo config file")
        return dict(parse_pose_metainfo(described))
