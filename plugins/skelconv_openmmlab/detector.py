"""The detector ``mmdet``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from skelconv import PluginError
from skelconv.plugin import as_plugin_error
from skelconv.vision import ahead, batches, in_bgr
from skelconv_openmmlab.models import Runner, build_model, load_config
from skelconv_openmmlab.stack import prepare

if TYPE_CHECKING:
    from skelconv_openmmlab.options import MmdetOptions


class MmdetDetector:
    """Finds people with a model of MMDetection, in batches of frames.

    Each frame goes through the test pipeline of the config, so the boxes are those that
    ``mmdet.apis.inference_detector`` finds in one frame after the other.

    Parameters
    ----------
    options : MmdetOptions
        The model, and how to run it.

    Raises
    ------
    SkelconvError
        When the config, the weights or the device cannot be used.
    """

    def __init__(self, options: MmdetOptions) -> None:
        prepare()
        from mmdet.registry import MODELS
        from mmdet.utils import get_test_pipeline_cfg, register_all_modules
        from mmengine.dataset import Compose
        from mmpose.utils import adapt_mmdet_pipeline

        register_all_modules(init_default_scope=False)
        self._where = options.chosen().config
        config = load_config(self._where, "mmdet")
        self._options = options
        self.across_clips = options.fixed_batch
        with as_plugin_error("it has no pipeline for tests", self._where):
            # MMPose has transforms with the same names; the scope chooses MMDetection's.
            pipeline = get_test_pipeline_cfg(adapt_mmdet_pipeline(config))
            pipeline[0].type = "mmdet.LoadImageFromNDArray"
            self._pipeline = Compose(pipeline)
        self._model: Any = build_model(config, "mmdet", MODELS.build, options)
        self._runner = Runner(self._model, options)
        _check_category(self._model, options.category, self._where)
        # What it lacks is reported at once, not for every clip.
        with as_plugin_error("it cannot be run", self._where):
            self.detect(
                [np.zeros((64, 64, 3), np.uint8)] * (options.batch if options.compile else 1)
            )

    def detect(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[npt.NDArray[np.float32]]:
        """Find the people in each frame.

        Parameters
        ----------
        frames : sequence of ndarray of shape (H, W, 3)
            RGB, uint8.

        Returns
        -------
        list of ndarray of shape (N, 5)
            For each frame, left, top, right and bottom in pixels, and the score; the highest
            score first.
        """
        some = batches(frames, self._options.batch, fixed=self._options.fixed_batch)
        return [
            self._boxes(found)
            for data in ahead(map(self._prepared, some))
            for found in self._runner.run(data)
        ]

    def _prepared(self, frames: Sequence[npt.NDArray[np.uint8]]) -> list[dict[str, Any]]:
        return [self._pipeline({"img": in_bgr(frame), "img_id": 0}) for frame in frames]

    def _boxes(self, found: object) -> npt.NDArray[np.float32]:
        bboxes, scores, labels = (
            getattr(found, name).float().cpu().numpy() for name in ("bboxes", "scores", "labels")
        )
        wanted = (labels == self._options.category) & (scores > self._options.min_score)
        boxes = np.concatenate([bboxes[wanted], scores[wanted, np.newaxis]], axis=1)
        return boxes[np.argsort(-boxes[:, 4], kind="stable")].astype(np.float32, copy=False)


def _check_category(model: Any, category: int, where: str) -> None:
    heads: list[Any] = [getattr(model, "bbox_head", None)]
    heads.append(getattr(getattr(model, "roi_head", None), "bbox_head", None))
    for head in heads:
        # The heads of a cascade have the same classes.
        first = head[0] if hasattr(head, "__getitem__") else head
        classes = getattr(first, "num_classes", None)
        if classes is not None and category >= classes:
            raise PluginError(
                f"there is no class {category}: it has {classes}",
                where=where,
                hint="set `category` to the class of people; classes are counted from 0",
            )
